"""Presence: a person is online while they have an open socket.

It is visible to those who follow them or share a conversation with them that they have accepted
(who wrote to them without an answer learns nothing), unless they hide it, and is never stored.
"""

from collections.abc import Sequence
from typing import TypedDict

from chat.models import Conversation, InboxRow
from chat.rooms import one_to_one_id, other_of
from shared.clock import timestamp
from shared.dynamodb.tables import Found, Key, query, read_items
from shared.realtime.allowed_sockets import open_sockets
from shared.realtime.delivery import send
from shared.realtime.frames import Frame
from users.public import User, find_user, is_shown, relation_from, relation_keys

_LATEST = 50  # latest conversations whose other members get a change pushed
_GROUPS = 100  # latest conversations that are searched for common groups
_COMMON = 5  # common groups with one person that are looked at


class PresenceShape(TypedDict):
    """Whether a person is online (None: the asker may not know), and when they were last, if that
    is known."""

    user_id: str
    online: bool | None
    last_seen_at: str | None


def presences(asker_id: str, user_ids: Sequence[str]) -> list[PresenceShape]:
    """The presence of each of these people, as far as the asker may know it."""
    visible = _visible_to(asker_id, list(dict.fromkeys(user_ids)))
    online = {socket.user_id for socket in open_sockets(sorted(visible))}
    return [
        presence(user_id, user_id in online if user_id in visible else None)
        for user_id in dict.fromkeys(user_ids)
    ]


def presence(user_id: str, is_online: bool | None) -> PresenceShape:
    """The shape of a person's presence at this moment."""
    last_seen = timestamp() if is_online else None
    return {"user_id": user_id, "online": is_online, "last_seen_at": last_seen}


def push_presence(user_id: str, is_online: bool) -> None:
    """Push that the user came or went, to the others in their latest one-to-ones that both have
    accepted."""
    person = find_user(user_id)
    if person is None or not _shows(person):
        return
    rows, _ = query(InboxRow.by_activity, user_id, limit=_LATEST)
    accepted = [row for row in rows if row.folder == "inbox"]
    rooms = read_items((Conversation, row.conversation_id) for row in accepted)
    others = {
        other: room.conversation_id
        for room in rooms.of(Conversation)
        if (other := other_of(room, user_id))
    }
    keys: list[Key] = [(InboxRow, other, room_id) for other, room_id in others.items()]
    for other in others:
        keys += relation_keys(user_id, other, ("blocks", "blocked_by"))
    found = read_items(keys)
    allowed = [
        other
        for other, room_id in others.items()
        if _has_accepted(found, other, room_id) and not relation_from(found, user_id, other).blocked
    ]
    shape = presence(user_id, is_online)
    shape["last_seen_at"] = timestamp()  # the change happens now, so its time is known
    send(open_sockets(allowed), Frame("presence", {"users": [shape]}))


def _visible_to(asker_id: str, user_ids: Sequence[str]) -> set[str]:
    """Those of `user_ids` whose presence the asker may know."""
    keys: list[Key] = []
    for user_id in user_ids:
        room_id = one_to_one_id(asker_id, user_id)
        keys += [
            (User, user_id),
            *((InboxRow, each, room_id) for each in (asker_id, user_id)),
            *relation_keys(asker_id, user_id, ("follows", "blocks", "blocked_by")),
        ]
    found = read_items(keys)
    not_hidden = [each for each in user_ids if not _is_hidden(found, asker_id, each)]
    visible = {each for each in not_hidden if _is_near(found, asker_id, each)}
    if len(visible) < len(not_hidden):
        visible |= _in_common_groups(asker_id, [each for each in not_hidden if each not in visible])
    return visible


def _is_hidden(found: Found, asker_id: str, user_id: str) -> bool:
    person = found.get(User, user_id)
    if person is None or relation_from(found, asker_id, user_id).blocked:
        return True
    return user_id != asker_id and not _shows(person)


def _shows(person: User) -> bool:
    return person.show_presence and is_shown(person)


def _is_near(found: Found, asker_id: str, user_id: str) -> bool:
    if user_id == asker_id or relation_from(found, asker_id, user_id).follows:
        return True
    room_id = one_to_one_id(asker_id, user_id)
    return all(_has_accepted(found, each, room_id) for each in (asker_id, user_id))


def _has_accepted(found: Found, user_id: str, room_id: str) -> bool:
    row = found.get(InboxRow, user_id, room_id)
    return row is not None and row.folder == "inbox"


def _in_common_groups(asker_id: str, user_ids: Sequence[str]) -> set[str]:
    """Those who are in one of the asker's latest groups and have accepted it."""
    rows, _ = query(InboxRow.by_activity, asker_id, limit=_GROUPS)
    rooms = read_items((Conversation, row.conversation_id) for row in rows)
    groups = [each for each in rooms.of(Conversation) if each.is_group and each.has(asker_id)]
    members = {each.conversation_id: {*each.member_ids()} for each in groups}
    common = {
        user_id: [room_id for room_id, present in members.items() if user_id in present][:_COMMON]
        for user_id in user_ids
    }
    found = read_items(
        (InboxRow, user_id, room_id) for user_id, shared in common.items() for room_id in shared
    )
    return {
        user_id
        for user_id, shared in common.items()
        if any(_has_accepted(found, user_id, room_id) for room_id in shared)
    }
