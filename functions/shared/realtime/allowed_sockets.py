"""The sockets that may be pushed to: the open ones whose sessions have not ended."""

from collections.abc import Callable, Iterable, Sequence

from shared.access.revocation import Gate, gate_key, has_ended
from shared.access.sessions import ended_sessions
from shared.dynamodb.tables import Found, Key, read_items
from shared.realtime.sockets import Connection, UserSockets, open_in, stored_sockets

_FEW = 8  # users whose gates are read with their sockets, whether they have any or not


def open_sockets(user_ids: Iterable[str]) -> list[Connection]:
    """The open sockets of these users whose sessions have not ended, read consistently."""
    return still_allowed(stored_sockets(user_ids))


def known_sockets(user_ids: Sequence[str]) -> Callable[[], list[Connection]]:
    """Read the open sockets of these users as of a moment ago, before a write that is pushed then.
    The call that is returned gives those whose sessions have not ended; it can be made beside that
    write, and reads nothing if there are few users."""
    is_few = len(user_ids) <= _FEW
    keys: list[Key] = [(UserSockets, each) for each in user_ids]
    if is_few:
        keys += [gate_key(each) for each in user_ids]
    found = read_items(keys, consistent={Gate})
    opened = open_in(found.of(UserSockets))
    if not is_few:
        return lambda: still_allowed(opened)
    allowed = of_living_sessions(opened, found)
    return lambda: allowed


def of_living_sessions(sockets: Iterable[Connection], gates: Found) -> list[Connection]:
    """The sockets whose sessions have not ended, by the gates that were read (`gate_key`)."""
    return [each for each in sockets if not has_ended(gates, each.user_id, each.session_id)]


def still_allowed(sockets: Sequence[Connection]) -> list[Connection]:
    """The sockets whose sessions have not ended: nothing is pushed after a logout or a ban."""
    ended = ended_sessions({(socket.user_id, socket.session_id) for socket in sockets})
    return [socket for socket in sockets if (socket.user_id, socket.session_id) not in ended]
