"""The targets of the caller's own edges, who may have become invisible to the caller."""

from shared.access.caller import Caller
from shared.dynamodb.tables import read_items
from shared.errors import UserNotFound
from shared.ids import is_id
from users.accounts import is_shown, resolve_any
from users.edges import BLOCKS, relation_from, relation_keys
from users.models import EdgeKind, Relationship, edge


def find_target_id(text: str, caller: Caller, kind: EdgeKind, active_only: bool = False) -> str:
    """The id of the person that `{user}` names: visible to the caller, or now hidden, blocked or
    gone, but known from the caller's own list of this kind.

    So everybody who was put on a list can be taken off it, any number of times, and the answer
    reveals nothing that the caller did not know. Ended edges count too, except with `active_only`.
    Raises `UserNotFound`.
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
    own_key = (Relationship, caller.user_id, edge(kind, user_id))
    keys = relation_keys(caller.user_id, user_id, BLOCKS)
    items = read_items([own_key, *keys], consistent=True)
    if own_key in items and (items[own_key].is_active or not active_only):
        return user_id
    is_blocked = relation_from(items, caller.user_id, user_id).blocked
    if user is None or not is_shown(user) or is_blocked:
        raise UserNotFound
    return user_id
