"""Messages as one member sees them."""

from collections.abc import Container, Iterable, Mapping, Sequence

from chat.models import Message, SystemNote
from chat.rooms import View
from chat.shapes import MessageShape, SystemShape, message_shape
from users.public import User, find_users, is_shown

_NAMED = 5  # people in the sentence of a system message
_SOMEBODY = "Somebody"


def visible_shapes(view: View, messages: Iterable[Message]) -> list[MessageShape]:
    """The shapes of those messages of the conversation that the member may see, in their order."""
    visible = [each for each in messages if view.shows(each)]
    return message_shapes(view.user_id, visible, view.blocked)


def message_shapes(
    viewer_id: str,
    messages: Sequence[Message],
    blocked: Container[str] = frozenset(),
    people: Mapping[str, User] | None = None,
) -> list[MessageShape]:
    """The shapes of these messages as the viewer sees them; nothing in them is of the people who
    are `blocked`.

    `people` are accounts that were read before.
    """
    known = dict(people or {})
    missing = {user_id for each in messages for user_id in _named_in(each)} - known.keys()
    if missing:
        known |= find_users(missing)
    return [_shape(each, known, blocked) for each in messages]


def _shape(message: Message, people: Mapping[str, User], blocked: Container[str]) -> MessageShape:
    shape = message_shape(message, people.get(message.sender_id))
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
