"""The caller's own edges to people who may not be there for the caller any more."""

from shared.access.caller import Caller
from shared.dynamodb.tables import read_items
from shared.errors import UserNotFound
from shared.ids import is_id
from users.accounts import is_shown, resolve_any
from users.edges import BLOCKS, relation_from, relation_keys
from users.models import EdgeKind, Relationship, edge


def find_known(text: str, caller: Caller, kind: EdgeKind, active_only: bool = False) -> str:
    """The id of whom `{user}` names: somebody who is there for the caller, or who is or was on the
    caller's own list of this kind, though they are hidden, blocked or gone by now.

    Whoever was put on a list can so be taken off it, as often as it is asked, and the answer tells
    nothing that the caller did not know. With `active_only` having been on it is not enough. Raises
    `UserNotFound`.
    """
    try:
        user = resolve_any(text, caller)
        user_id = user.user_id
    except UserNotFound:
        if not is_id(text):
            raise
        user, user_id = None, text
    if user_id == caller.user_id:
        return user_id
    own = (Relationship, caller.user_id, edge(kind, user_id))
    keys = relation_keys(caller.user_id, user_id, BLOCKS)
    items = read_items([own, *keys], consistent=True)
    if own in items and (items[own].is_active or not active_only):
        return user_id
    is_blocked = relation_from(items, caller.user_id, user_id).blocked
    if user is None or not is_shown(user) or is_blocked:
        raise UserNotFound
    return user_id
