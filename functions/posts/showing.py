"""Making the shapes of posts that were read: who is named in them is read here, all at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from posts.people import people_seen
from posts.shapes import PostShape, post_shape
from posts.visible_posts import Seen
from shared.access.caller import Caller
from users.public import User, user_shape


def shape_of(viewer: Caller, seen: Seen) -> PostShape:
    """The shape Post of a post that was read."""
    return shapes_of(viewer, [seen])[0]


def shapes_of(viewer: Caller, seen: Sequence[Seen]) -> list[PostShape]:
    """The shapes Post of posts that were read; one more read if any of them names people."""
    named = dict.fromkeys(user_id for each in seen for user_id in _named(viewer, each))
    people = people_seen(viewer, list(named)) if named else {}
    authors = {each.author.user_id: each.author for each in seen}
    shapes = {user_id: user_shape(author) for user_id, author in authors.items()}
    return [
        post_shape(
            each.post,
            shapes[each.post.author_id],
            each.like is not None,
            is_own=each.relation is None,
            is_saved=each.saved is not None,
            mentions=_mentions(each, people),
            collaborators=_collaborators(viewer, each, people),
        )
        for each in seen
    ]


def _named(viewer: Caller, seen: Seen) -> list[str]:
    mentioned = [each["user_id"] for each in seen.post.mentions]
    return mentioned + [each["user_id"] for each in _told_to(viewer, seen)]


def _told_to(viewer: Caller, seen: Seen) -> list[dict[str, Any]]:
    """The collaborators; those who have not answered are told to the author and to themselves
    alone."""
    is_own = viewer.user_id == seen.post.author_id
    return [
        each
        for each in seen.post.collaborators
        if each["status"] == "accepted" or is_own or each["user_id"] == viewer.user_id
    ]


def _mentions(seen: Seen, people: Mapping[str, User]) -> list[dict[str, Any]]:
    ids = [each["user_id"] for each in seen.post.mentions]
    return [user_shape(people[user_id]) for user_id in ids if user_id in people]


def _collaborators(viewer: Caller, seen: Seen, people: Mapping[str, User]) -> list[dict[str, Any]]:
    return [
        {**user_shape(people[each["user_id"]]), "status": each["status"]}
        for each in _told_to(viewer, seen)
        if each["user_id"] in people
    ]
