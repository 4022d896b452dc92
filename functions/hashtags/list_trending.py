"""GET /hashtags/trending: the tags that trend, then the most used of all."""

from typing import TypedDict

from hashtags.popular import HashtagShape, hashtag_shape
from hashtags.trends import trending_tags
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request

app = endpoint("hashtags")

_MAX_LIMIT = 50


class Trending(TypedDict):
    """A page of tags."""

    hashtags: list[HashtagShape]
    next_cursor: str | None


@app.serve("GET /hashtags/trending", auth="unverified-ok", answer=Trending)
def list_trending(request: Request) -> Trending:
    """List the tags that trend. The list ends after the best hundred."""
    page = read_page(request, maximum=_MAX_LIMIT)
    # The list is computed again now and then, so a cursor holds how many of its tags were read.
    start = page.after or 0
    end = start + page.limit
    hashtags, has_more = trending_tags(start, end)
    return {
        "hashtags": [hashtag_shape(each) for each in hashtags],
        "next_cursor": next_cursor(request, end if has_more else None),
    }
