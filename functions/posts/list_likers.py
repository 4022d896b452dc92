"""GET /posts/{post_id}/likes: who likes a post the caller may see, the latest first."""

from typing import TypedDict

from posts.models import Like
from posts.people import is_visible
from posts.reading import see_post
from shared.http import endpoint
from shared.paging import next_cursor, read_page
from shared.requests import Request
from shared.tables import Key, query, read_items
from users.public import User, UserRow, relation_from, relation_keys, user_row

app = endpoint("posts")


class Likers(TypedDict):
    """A page of people who like the post, and how many there are in all."""

    users: list[UserRow]
    next_cursor: str | None
    like_count: int


@app.serve("GET /posts/{post_id}/likes", auth="unverified-ok", answer=Likers)
def list_likers(request: Request) -> Likers:
    """List who likes a post. People whom the caller is not shown are left out, but counted."""
    caller, page = request.caller, read_page(request)
    post = see_post(caller, request.path["post_id"]).post
    likes, following = query(Like.by_time, post.post_id, limit=page.limit, after=page.after)
    keys: list[Key] = []
    for like in likes:
        keys += [(User, like.user_id), *relation_keys(caller.user_id, like.user_id)]
    found = read_items(keys)
    people = (found.get((User, like.user_id)) for like in likes)
    rows = [
        user_row(person, relation_from(found, caller.user_id, person.user_id))
        for person in people
        if person and is_visible(found, caller, person)
    ]
    return {
        "users": rows,
        "next_cursor": next_cursor(request, following),
        "like_count": max(post.like_count, 0),
    }
