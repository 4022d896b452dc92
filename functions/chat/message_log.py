"""The log of the frames about messages, written from their stream, which loses no fact.

The handler of a request pushes at once, to the sockets that it knew before its write; it logs
nothing. A socket that was opened since may have synced before the log was written, so it gets the
frame from here: a socket is stored before its client can sync, and looked up here after the log was
written. Either the lookup finds it, or its sync finds the log. What no handler pushes goes to all
sockets from here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chat.message_frames import UPDATED, gone_by, references_of
from chat.models import Conversation, Message
from chat.replayed_frames import visible_frames
from shared.clock import seconds, timestamp
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import parallel_map
from shared.realtime.allowed_sockets import still_allowed
from shared.realtime.delivery import send
from shared.realtime.frame_log import Reference, keep
from shared.realtime.sockets import Connection, stored_sockets
from users.public import find_users

# Seconds before the fact: a handler looks for sockets before its write, and a socket has been
# opening before it is stored. Both end within a function's ten seconds.
_BEFORE = 30


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported, and the moment since which sockets have to be opened to get it from here;
    "" for all sockets."""

    reference: Reference
    since: str = ""


def log_changes(of_rooms: Iterable[tuple[Conversation, Sequence[Change[Message]]]]) -> None:
    """Log what the changes of rooms' messages are reported as, for all members, and push it to the
    sockets that no handler pushed it to."""
    rooms = list(of_rooms)
    erased = _erased([change for _, changes in rooms for change in changes])
    of_users: dict[str, list[Report]] = {}
    for room, changes in rooms:
        for change in changes:
            references = references_of(change)
            if not (change.is_removed and change.item.sender_id in erased):
                since = _since(change)
                for user_id in room.member_ids():
                    reports = of_users.setdefault(user_id, [])
                    reports += [Report(each, since) for each in references]
            if change.is_created:
                updates = [Report(each) for each in references if each.event == UPDATED]
                for user_id in gone_by(change.item):
                    if not room.has(user_id):
                        of_users.setdefault(user_id, []).extend(updates)
    _log_and_push(of_users)


def log_and_push(user_ids: Iterable[str], reports: Sequence[Report]) -> None:
    """Log what is reported for these users, and push to each of their sockets what it has to get
    from here, as the user may see it."""
    _log_and_push(dict.fromkeys(user_ids, reports))


def _log_and_push(of_users: Mapping[str, Sequence[Report]]) -> None:
    keep((user_id, each.reference) for user_id, reports in of_users.items() for each in reports)
    sockets: dict[str, list[Connection]] = {}
    opened = [
        each
        for each in stored_sockets(user_id for user_id, reports in of_users.items() if reports)
        if each.connected_at >= min(report.since for report in of_users[each.user_id])
    ]
    for socket in still_allowed(opened):
        sockets.setdefault(socket.user_id, []).append(socket)
    parallel_map(lambda user_id: _push(sockets[user_id], of_users[user_id]), sockets)


def _push(sockets: Sequence[Connection], reports: Iterable[Report]) -> None:
    """Push to the sockets of one user."""
    newest = max(socket.connected_at for socket in sockets)
    due = [report for report in reports if newest >= report.since]
    frames = visible_frames(sockets[0].user_id, [report.reference for report in due])
    for report in due:
        if report.reference.id in frames:
            to = [each for each in sockets if each.connected_at >= report.since]
            send(to, frames[report.reference.id])


def _since(change: Change[Message]) -> str:
    """No handler pushes system messages, and messages that are back after their removal."""
    is_back = change.is_created and change.item.returned_at
    return "" if change.item.system or is_back else _before(change.occurred_at)


def _before(occurred_at: str) -> str:
    return timestamp(seconds(occurred_at) - _BEFORE)


def _erased(changes: Sequence[Change[Message]]) -> set[str]:
    """The senders of removed messages who have no account any more: nobody unsent these."""
    senders = {change.item.sender_id for change in changes if change.is_removed}
    return senders - find_users(senders).keys() if senders else set()
