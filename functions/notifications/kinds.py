"""The types of notifications and what they say (api.md section 4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Type:
    """One type: its kind (SocialHub's `type`), what it is about, the sentence after the actor's
    name, and whether it is pushed to open sockets besides being listed."""

    kind: str
    entity: str  # post | user | comment …
    sentence: str
    is_pushed: bool = True


TYPES = {
    "post.liked": Type("LIKE", "post", "liked your post"),
    "user.followed": Type("FOLLOW", "user", "started following you"),
    "follow.request": Type("FOLLOW", "user", "asked to follow you"),
    "post.created": Type("POST", "post", "You created a new post!", is_pushed=False),
}


def message(type_name: str, actor_username: str | None) -> str:
    """The human sentence of a notification."""
    sentence = TYPES[type_name].sentence
    if type_name == "post.created":
        return sentence
    return f"{actor_username or 'Somebody'} {sentence}"
