"""GET /posts/{post_id}/likes: who likes a post the caller may see, latest first."""

from typing import TypedDict

from posts.models import Like
from posts.visible_posts import get_visible_post
from shared.dynamodb.tables import query
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from users.public import UserRow, is_shown, people_with_relations, user_row

app = endpoint("posts")


class Likers(TypedDict):
    """A page of people who like the post, and how many there are in total."""

    users: list[UserRow]
    next_cursor: str | None
    like_count: int


@app.serve("GET /posts/{post_id}/likes", auth="unverified-ok", answer=Likers)
def list_likers(request: Request) -> Likers:
    """List who likes a post. People who are hidden from the caller are left out, but counted."""
    caller, page = request.caller, read_page(request)
    post = get_visible_post(caller, request.path["post_id"]).post
    likes, following = query(Like.by_time, post.post_id, limit=page.limit, after=page.after)
    ids = [like.user_id for like in likes]
    rows = [
        user_row(person, relation)
        for user_id, (person, relation) in people_with_relations(caller.user_id, ids).items()
        if user_id == caller.user_id or (is_shown(person) and not relation.blocked)
    ]
    return {
        "users": rows,
        "next_cursor": next_cursor(request, following),
        "like_count": max(post.like_count, 0),
    }
