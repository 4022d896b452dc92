"""Shapes Notification and S.Notification of docs/api.md."""

from collections.abc import Container, Sequence
from typing import Any, NamedTuple, TypedDict

from notifications.models import Notification
from notifications.types import TYPES, message
from users.public import User, UserShape, user_shape


class Crowd(NamedTuple):
    """Whom an entry stands for: those people, the latest first, whom the reader may see, and how
    many there are."""

    people: Sequence[User]
    number: int


class NotificationShape(TypedDict):
    """Shape Notification."""

    id: str
    user_id: str
    type: str
    kind: str
    actor: UserShape | None
    actor_id: str | None
    actor_username: str | None
    actor_profile_picture_url: str | None
    actor_is_verified: bool
    actors: list[UserShape]
    actor_count: int
    entity_type: str
    entity_id: str
    message: str
    metadata: dict[str, Any]
    is_read: bool
    read: bool
    created_at: str


class SocialHubNotification(TypedDict):
    """Shape S.Notification."""

    id: str
    userId: str
    type: str
    message: str
    metadata: dict[str, Any]
    read: bool
    createdAt: str


_ACTORS_SHOWN = 3
# SocialHub's name of the actor's id, by type or else by kind.
_ACTORS = {
    "comment.mentioned": "commenterId",
    "LIKE": "likerId",
    "FOLLOW": "followerId",
    "COMMENT": "commenterId",
}


def notification_shape(
    entry: Notification,
    actor: User | None,
    read_epoch: int = 0,
    addable: Container[str] = (),
    languages: str = "",
    crowd: Crowd | None = None,
) -> NotificationShape:
    """Shape Notification; `actor` is the present account, `read_epoch` the reader's, `addable` the
    stories that the reader may add to their own, `languages` as in Accept-Language. A digest has a
    `crowd` in place of the actor."""
    if crowd is None:
        crowd = Crowd([actor] if actor else [], int(entry.actor_id is not None))
    people = [user_shape(each) for each in crowd.people[:_ACTORS_SHOWN]]
    shape = people[0] if people else None
    username = shape["username"] if shape else entry.actor_username
    about = TYPES[entry.type]
    entity = entry.entity_type or about.entity
    is_read = bool(entry.read_at) or entry.read_epoch < read_epoch
    return {
        "id": entry.notification_id,
        "user_id": entry.user_id,
        "type": entry.type,
        "kind": about.kind,
        "actor": shape,
        "actor_id": entry.actor_id or (shape["id"] if shape else None),
        "actor_username": username,
        "actor_profile_picture_url": shape["profile_picture_url"] if shape else None,
        "actor_is_verified": bool(shape and shape["is_verified"]),
        "actors": people,
        "actor_count": crowd.number,
        "entity_type": entity,
        "entity_id": entry.entity_id,
        "message": message(entry.type, username, languages, others=max(crowd.number - 1, 0)),
        "metadata": _metadata(entry, entity, addable),
        "is_read": is_read,
        "read": is_read,
        "created_at": entry.created_at,
    }


def _metadata(entry: Notification, entity: str, addable: Container[str]) -> dict[str, Any]:
    metadata: dict[str, Any] = {} if entity == "user" else {f"{entity}_id": entry.entity_id}
    if entry.type == "story.mentioned":
        metadata["can_add_to_story"] = entry.entity_id in addable
    return metadata | ({"post_id": entry.post_id} if entry.post_id else {})


def socialhub_notification(shape: NotificationShape) -> SocialHubNotification:
    """Shape S.Notification, made from shape Notification."""
    metadata = dict(shape["metadata"])
    for ours, theirs in (("post_id", "postId"), ("comment_id", "commentId")):
        if ours in metadata:
            metadata[theirs] = metadata[ours]
    if shape["type"] == "follow.approved":
        metadata["followerId"] = shape["user_id"]  # the reader made the request
    elif name := _ACTORS.get(shape["type"]) or _ACTORS.get(shape["kind"]):
        metadata[name] = shape["actor_id"]
    return {
        "id": shape["id"],
        "userId": shape["user_id"],
        "type": shape["kind"],
        "message": shape["message"],
        "metadata": metadata,
        "read": shape["read"],
        "createdAt": shape["created_at"],
    }
