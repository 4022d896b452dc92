"""GET /hashtags/{tag}/posts: the posts with a tag that the caller may see."""

from typing import TypedDict
from urllib.parse import unquote

from hashtags.models import Hashtag, HashtagPost
from posts.public import Part, PostCandidate, PostShape, fill_page, shapes_of
from shared.dynamodb.tables import query
from shared.errors import InvalidInput
from shared.hashtags import tag_from
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request

app = endpoint("hashtags")


class Tagged(TypedDict):
    """A page of posts, and how many public posts have the tag."""

    posts: list[PostShape]
    tag: str
    post_count: int
    next_cursor: str | None


@app.serve(
    "GET /hashtags/{tag}/posts",
    # The gateway's literal path "/hashtags/trending" hides the tag "trending" from the first route.
    also=("GET /hashtags/trending/posts",),
    auth="unverified-ok",
    answer=Tagged,
)
def list_tag_posts(request: Request) -> Tagged:
    """List the posts with a tag, newest first; none for a tag that nobody uses."""
    caller, page = request.caller, read_page(request)
    # A gateway may pass the text on as it is in the path, percent-encoded.
    tag = tag_from(unquote(request.path.get("tag", "trending")))
    if tag is None:
        raise InvalidInput(("tag", "1 to 100 letters, digits and underscores."))

    def read(before: str | None, count: int) -> Part:
        older = HashtagPost.post_id < before if before else None
        found, following = query(HashtagPost, tag, older, limit=count)
        candidates = [PostCandidate(each.post_id, each.author_id) for each in found]
        return Part(candidates, following["post_id"] if following else None)

    hashtag = Hashtag.find(tag)
    visible, last = fill_page(caller, read, page.limit, page.after)
    return {
        "posts": shapes_of(caller, visible),
        "tag": tag,
        "post_count": max(hashtag.post_count, 0) if hashtag else 0,
        "next_cursor": next_cursor(request, last),
    }
