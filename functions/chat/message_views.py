"""Messages as one member sees them."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from chat.models import Message, SystemNote
from chat.rooms import View
from chat.shapes import MessageShape, SystemShape, message_shape
from shared.access.caller import Caller
from shared.dynamodb.tables import in_parallel
from stories.public import StoryShape, story_shape, visible_now
from users.public import User, find_users, is_shown

_NAMED = 5  # people in the sentence of a system message
_SOMEBODY = "Somebody"


def visible_shapes(view: View, messages: Iterable[Message]) -> list[MessageShape]:
    """The shapes of those messages of the conversation that the member may see, in their order."""
    visible = [each for each in messages if view.shows(each)]
    named = {user_id for each in visible for user_id in _named_in(each)}
    calls: list[Callable[[], Any]] = [
        lambda: stories_in(view.user_id, visible),  # first: it may make parallel calls itself
        lambda: find_users(named),
    ]
    stories, people = in_parallel(*calls)
    return message_shapes(visible, view.blocked, people, stories)


def message_shapes(
    messages: Sequence[Message],
    blocked: Container[str] = frozenset(),
    people: Mapping[str, User] | None = None,
    stories: Mapping[str, StoryShape] | None = None,
) -> list[MessageShape]:
    """The shapes of these messages; nothing in them is of the people who are `blocked`, and of the
    stories they show those that are given.

    `people` are accounts that were read before.
    """
    known = dict(people or {})
    missing = {user_id for each in messages for user_id in _named_in(each)} - known.keys()
    if missing:
        known |= find_users(missing)
    shown = stories or {}
    return [_shape(each, known, blocked, shown.get(each.story_id)) for each in messages]


def stories_in(viewer_id: str, messages: Sequence[Message]) -> dict[str, StoryShape]:
    """The stories that the messages show and this reader may see at this moment, by id: the member
    of a conversation is not thereby of a story's audience."""
    authors = {each.story_id: each.story_author_id for each in messages if each.story_id}
    if not authors:
        return {}
    reader = Caller(viewer_id, username="", session_id="", role="user", scope="full")
    visible = visible_now(reader, authors)
    return {story_id: story_shape(each) for story_id, each in visible.items()}


def _shape(
    message: Message,
    people: Mapping[str, User],
    blocked: Container[str],
    story: StoryShape | None,
) -> MessageShape:
    shape = message_shape(message, people.get(message.sender_id), story)
    shape["reactions"] = [each for each in message.reactions if each["user_id"] not in blocked]
    if message.system:
        note: SystemNote = message.system
        user_ids = [each for each in note["user_ids"] if each not in blocked]
        shown: SystemShape = {"kind": note["kind"], "user_ids": user_ids, "name": note.get("name")}
        shape["system"] = shown
        shape["content"] = _sentence(shape["sender_username"], shown, people)
    return shape


def _named_in(message: Message) -> list[str]:
    note: SystemNote | None = message.system
    return [message.sender_id, *(note["user_ids"][:_NAMED] if note else ())]


def _sentence(actor: str, note: SystemShape, people: Mapping[str, User]) -> str:
    """The system message in English; people who are hidden are not named."""
    others = _names([people.get(each) for each in note["user_ids"]])
    return f"{actor or _SOMEBODY} " + {
        "created": "created the group",
        "named": f"named the group {note['name']}",
        "pictured": "changed the picture of the group",
        "added": f"added {others}",
        "removed": f"removed {others}",
        "left": "left the group",
        "admins": "changed the administrators of the group",
    }.get(note["kind"], "changed the group")


def _names(people: Sequence[User | None]) -> str:
    names = [each.username for each in people[:_NAMED] if each and is_shown(each)]
    others = len(people) - len(names)
    if not names:
        return "somebody"
    if others:
        names.append(f"{others} other" + ("s" if others > 1 else ""))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
