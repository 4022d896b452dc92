"""GET /hashtags/{tag}/posts: the posts that have a tag, as far as the caller may see them."""

from typing import TypedDict
from urllib.parse import unquote

from hashtags.models import Hashtag
from hashtags.tag_pages import posts_tagged
from posts.public import PostShape
from shared.errors import InvalidInput
from shared.hashtags import tag_from
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request

app = endpoint("hashtags")


class Tagged(TypedDict):
    """A page of posts, and how many public ones the tag has."""

    posts: list[PostShape]
    tag: str
    post_count: int
    next_cursor: str | None


@app.serve(
    "GET /hashtags/{tag}/posts",
    # Of "/hashtags/trending" the gateway has a path of its own, which hides the tag's.
    also=("GET /hashtags/trending/posts",),
    auth="unverified-ok",
    answer=Tagged,
)
def list_tag_posts(request: Request) -> Tagged:
    """List the posts that have a tag, newest first; none for a tag that nobody uses."""
    caller, page = request.caller, read_page(request)
    # A gateway may hand the text on as it stood in the path.
    tag = tag_from(unquote(request.path.get("tag", "trending")))
    if tag is None:
        raise InvalidInput(("tag", "1 to 100 letters, digits and underscores."))
    hashtag = Hashtag.find(tag)
    posts, last = posts_tagged(caller, tag, page)
    return {
        "posts": posts,
        "tag": tag,
        "post_count": max(hashtag.post_count, 0) if hashtag else 0,
        "next_cursor": next_cursor(request, last),
    }
