"""GET /users/{user}/tagged: the posts on which an account collaborates, those that the caller may
see."""

from typing import TypedDict

from posts.models import Collaborator
from posts.pages import fit_page
from posts.public import read_posts
from posts.shapes import PostShape
from posts.visible_posts import collaborates
from shared.dynamodb.tables import query
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from users.public import resolve_user

app = endpoint("posts")


class Tagged(TypedDict):
    """A page of posts."""

    posts: list[PostShape]
    next_cursor: str | None


@app.serve("GET /users/{user}/tagged", auth="unverified-ok", answer=Tagged)
def list_user_tagged(request: Request) -> Tagged:
    """List the posts of which an account is an accepted collaborator, newest first."""
    caller, page = request.caller, read_page(request)
    person = resolve_user(request.path["user"], caller)
    found, following = query(
        Collaborator.by_user,
        person.user_id,
        limit=page.limit,
        after=page.after,
        matching=Collaborator.status == "accepted",
    )
    entries = {each.post_id: each for each in found}
    posts = read_posts(
        caller,
        list(entries),
        {post_id: each.author_id for post_id, each in entries.items()},
        wanted=lambda visible: collaborates(visible.post, person.user_id),
    )
    shapes, following = fit_page(posts, entries, Collaborator.by_user, following)
    return {"posts": shapes, "next_cursor": next_cursor(request, following)}
