"""GET /posts/{post_id}/shares: the shares of a post the caller may see, latest first."""

from typing import TypedDict

from posts.models import Share
from posts.visible_posts import get_visible_post
from shared.dynamodb.tables import query
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from users.public import User, UserShape, people_shown, user_shape

app = endpoint("posts")


class ShareShape(TypedDict):
    """The shape Share of docs/api.md."""

    id: str
    shared_post_id: str
    post_id: str
    user: UserShape
    caption: str
    created_at: str
    shared_at: str


class Shares(TypedDict):
    """A page of shares, and how many there are in total."""

    shares: list[ShareShape]
    next_cursor: str | None
    share_count: int


@app.serve("GET /posts/{post_id}/shares", auth="unverified-ok", answer=Shares)
def list_shares(request: Request) -> Shares:
    """List who shares a post. People who are hidden from the caller are left out, but counted."""
    caller, page = request.caller, read_page(request)
    post = get_visible_post(caller, request.path["post_id"]).post
    found, following = query(Share.by_time, post.post_id, limit=page.limit, after=page.after)
    people = people_shown(caller.user_id, [share.user_id for share in found])
    return {
        "shares": [
            _shape(share, people[share.user_id]) for share in found if share.user_id in people
        ],
        "next_cursor": next_cursor(request, following),
        "share_count": max(post.share_count, 0),
    }


def _shape(share: Share, person: User) -> ShareShape:
    return {
        "id": share.share_id,
        "shared_post_id": share.share_id,
        "post_id": share.post_id,
        "user": user_shape(person),
        "caption": share.caption,
        "created_at": share.shared_at,
        "shared_at": share.shared_at,
    }
