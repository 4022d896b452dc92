"""Shapes Notification and S.Notification of docs/api.md."""

from collections.abc import Container
from typing import Any, TypedDict

from notifications.models import Notification
from notifications.types import TYPES, message
from users.public import User, user_shape


class NotificationShape(TypedDict):
    """Shape Notification."""

    id: str
    user_id: str
    type: str
    kind: str
    actor: dict[str, Any] | None
    actor_id: str | None
    actor_username: str | None
    actor_profile_picture_url: str | None
    actor_is_verified: bool
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
) -> NotificationShape:
    """Shape Notification; `actor` is the present account, `read_epoch` the reader's, `addable` the
    stories that the reader may add to their own, `languages` as in Accept-Language."""
    username = actor.username if actor else entry.actor_username
    shape = user_shape(actor) if actor else None
    about = TYPES[entry.type]
    entity = entry.entity_type or about.entity
    is_read = bool(entry.read_at) or entry.read_epoch < read_epoch
    return {
        "id": entry.notification_id,
        "user_id": entry.user_id,
        "type": entry.type,
        "kind": about.kind,
        "actor": shape,
        "actor_id": entry.actor_id,
        "actor_username": username,
        "actor_profile_picture_url": shape["profile_picture_url"] if shape else None,
        "actor_is_verified": bool(shape and shape["is_verified"]),
        "entity_type": entity,
        "entity_id": entry.entity_id,
        "message": message(entry.type, username, languages),
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
