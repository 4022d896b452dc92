"""GET /search/hashtags: tags by their prefix: that very tag, then the most used first."""

from typing import TypedDict

from hashtags.popular import MOST, HashtagShape, hashtag_shape, most_used
from shared.hashtags import tag_from
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.queries import ListQuery, Text
from shared.http.requests import Request

app = endpoint("hashtags")


class Search(ListQuery):
    """The prefix to search for."""

    q = Text(1, 100)


class Found(TypedDict):
    """A page of tags."""

    hashtags: list[HashtagShape]
    next_cursor: str | None


@app.serve("GET /search/hashtags", auth="unverified-ok", query=Search, answer=Found)
def search_hashtags(request: Request[None, Search]) -> Found:
    """Search for tags, with or without the number sign. The list ends after the best hundred."""
    page, start = read_page(request), tag_from(request.query.q)
    if start is None:  # no tag begins with this
        return {"hashtags": [], "next_cursor": None}
    # The list is computed again for each page, so a cursor holds how many of its tags were read.
    end = (page.after or 0) + page.limit
    found = most_used(start, min(end + 1, MOST))
    return {
        "hashtags": [hashtag_shape(each) for each in found[end - page.limit : end]],
        "next_cursor": next_cursor(request, end if end < len(found) else None),
    }
