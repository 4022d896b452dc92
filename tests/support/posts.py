"""Edges, posts, comments and calls, for tests of what is shown to whom."""

import json
from typing import Any

from posts.models import Comment, Post
from saved.models import DEFAULT, SavedPost, entry_of, place_of
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.ids import new_id
from tests.support.gateway import LambdaContext, gateway_event
from users.models import Claim, EdgeKind, Relationship, edge

_MIRRORS: dict[EdgeKind, EdgeKind | None] = {
    "follows": "followed_by",
    "requested": "requested_by",
    "blocks": "blocked_by",
    "mutes": None,
    "close_friend": None,
    "hides_story_from": None,
}


def connect(one: Caller, kind: EdgeKind, other: Caller) -> None:
    """Store the edge, and its mirror if it has one."""
    mirror = _MIRRORS[kind]
    _edge(one, kind, other)
    if mirror:
        _edge(other, mirror, one)


def _edge(one: Caller, kind: EdgeKind, other: Caller) -> None:
    moment = timestamp()
    Relationship(one.user_id, edge(kind, other.user_id), since=moment, updated_at=moment).save()


def name(person: Caller) -> str:
    """Make the person known by their username, which is returned."""
    Claim(f"username#{person.username.lower()}", user_id=person.user_id).save()
    return person.username


def a_post(author: Caller, **given: Any) -> str:
    """Store a post, and nothing else; return its id."""
    post_id, moment = new_id(), timestamp()
    Post(
        post_id,
        **{
            "author_id": author.user_id,
            "author_username": author.username,
            "media": [],
            "created_at": moment,
            "updated_at": moment,
            **given,
        },
    ).save()
    return post_id


def a_comment(post_id: str, writer: Caller, **given: Any) -> str:
    """Store a comment, and nothing else; return its id."""
    comment_id = new_id()
    Comment(
        post_id,
        comment_id,
        **{
            "thread": post_id,
            "user_id": writer.user_id,
            "username": writer.username,
            "post_author_id": writer.user_id,
            "content": "Nice!",
            "created_at": timestamp(),
            **given,
        },
    ).save()
    return comment_id


def a_saved_post(person: Caller, post_id: str, author: Caller) -> None:
    """Store the post in a person's default collection, and nothing else."""
    save_id = new_id()
    SavedPost(
        person.user_id,
        entry_of(post_id, DEFAULT),
        place=place_of(DEFAULT, save_id),
        save_id=save_id,
        author_id=author.user_id,
        saved_post_id=post_id,
    ).save()


def a_picture(
    upload_id: str = "01KAEJ7Q9R1S3T5V7W9X1Y3Z5A",
    status: str = "ready",
    alt_text: str | None = None,
) -> dict[str, Any]:
    """A picture as a post stores it: ready, or as it was uploaded."""
    folder = "media" if status == "ready" else "uploads/image"
    return {
        "upload_id": upload_id,
        "type": "image",
        "status": status,
        "original": f"{folder}/{upload_id}/original.jpg",
        "variants": {},
        "variants_webp": {},
        "thumbnail": None,
        "preview": None,
        "width": 4,
        "height": 3,
        "duration": None,
        "blurhash": None,
        "alt_text": alt_text,
    }


def call(handler: Any, route: str, caller: Caller, **given: Any) -> tuple[int, Any]:
    """The status and body of a request to a module's Lambda."""
    answer = handler.app(gateway_event(route, caller=caller, **given), LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def on_post(
    handler: Any, route: str, caller: Caller, post_id: str, **given: Any
) -> tuple[int, Any]:
    """`call` a route below `/posts/{post_id}`, given without it: "PATCH", "GET /likes"."""
    method, _, tail = route.partition(" ")
    path = {"post_id": post_id}
    return call(handler, f"{method} /posts/{{post_id}}{tail}", caller, path=path, **given)
