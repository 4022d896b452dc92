"""Presence: a person is online while they have an open socket.

It is visible to those who follow them or share a conversation with them, unless they hide it, and
is never stored.
"""

from collections.abc import Sequence
from typing import TypedDict

from chat.models import Conversation, InboxRow
from chat.rooms import one_to_one_id, other_of
from shared.clock import timestamp
from shared.dynamodb.tables import Found, Key, query, read_items
from shared.realtime.delivery import send
from shared.realtime.frames import Frame
from shared.realtime.sockets import open_sockets
from users.public import User, find_user, is_shown, relation_from, relation_keys

_LATEST = 50  # latest conversations whose other members get a change pushed
_GROUPS = 100  # latest conversations that are searched for common groups


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
    """Push to the other members of a user's latest one-to-ones that the user came or went."""
    person = find_user(user_id)
    if person is None or not _shows(person):
        return
    rows, _ = query(InboxRow.by_activity, user_id, limit=_LATEST)
    rooms = read_items((Conversation, row.conversation_id) for row in rows)
    others = [other for room in rooms.of(Conversation) if (other := other_of(room, user_id))]
    blocks = read_items(
        key for other in others for key in relation_keys(user_id, other, ("blocks", "blocked_by"))
    )
    allowed = [other for other in others if not relation_from(blocks, user_id, other).blocked]
    shape = presence(user_id, is_online)
    shape["last_seen_at"] = timestamp()  # the change happens now, so its time is known
    send(open_sockets(allowed), Frame("presence", {"users": [shape]}))


def _visible_to(asker_id: str, user_ids: Sequence[str]) -> set[str]:
    """Those of `user_ids` whose presence the asker may know."""
    keys: list[Key] = []
    for user_id in user_ids:
        keys += [
            (User, user_id),
            (Conversation, one_to_one_id(asker_id, user_id)),
            *relation_keys(asker_id, user_id, ("follows", "blocks", "blocked_by")),
        ]
    found = read_items(keys)
    not_hidden = [each for each in user_ids if not _is_hidden(found, asker_id, each)]
    visible = {each for each in not_hidden if _is_near(found, asker_id, each)}
    if len(visible) < len(not_hidden):
        visible |= _in_common_groups(asker_id).intersection(not_hidden)
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
    return (Conversation, one_to_one_id(asker_id, user_id)) in found


def _in_common_groups(user_id: str) -> set[str]:
    """The members of the user's latest groups."""
    rows, _ = query(InboxRow.by_activity, user_id, limit=_GROUPS)
    rooms = read_items((Conversation, row.conversation_id) for row in rows)
    return {
        member
        for room in rooms.of(Conversation)
        if room.has(user_id)
        for member in room.member_ids()
    }
