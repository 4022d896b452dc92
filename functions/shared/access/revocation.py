"""Ending sessions: the gate attributes that make a token's next request answer 401.

Each function adds its action to the caller's transaction, so that a session ends in the same moment
as the fact that ends it (a logout, a new password, a ban).

An ended session is remembered for six minutes longer than its tokens live, because the gateway
keeps the authorizer's answer for five minutes, even if the token expires in between. With one
minute, a token that was ended right after it was issued, and used just before it expired, was
accepted again once the hour had turned.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.operand import Path, Value

from shared.access.rate_limits import gate_expiry, user_budget
from shared.access.sessions import SCOPE, is_alive, subject_of
from shared.clock import now
from shared.config import config
from shared.dynamodb.tables import Found, IntegerAttribute, Key, Table, TableName, Transaction
from shared.ids import new_id

# Seconds: the gateway's cache of the authorizer's answers (`infra/routes.py`), and a minute by
# which clocks may differ.
GRACE = 360


class Gate(Table):
    """A subject's calls in this hour and the last, and what ended its sessions (`rate_limits`)."""

    class Meta:
        table_name = TableName("gates")

    subject = UnicodeAttribute(hash_key=True)
    scope = UnicodeAttribute(range_key=True)
    valid_after = UnicodeAttribute(null=True)
    kept_session = UnicodeAttribute(attr_name="spared", null=True)
    expires_at = IntegerAttribute(null=True)

    stored: Mapping[str, Any] = MappingProxyType({})  # the item in DynamoDB's form

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The item that DynamoDB returned, as it is stored."""
        item = super().from_raw_data(data)
        item.__dict__["stored"] = data
        return item


def gate_key(user_id: str) -> Key:
    """The key of a user's gate, to be read by `read_items` together with other items."""
    return (Gate, subject_of(user_id), SCOPE)


def has_ended(items: Found, user_id: str, session_id: str) -> bool:
    """Whether a session has ended, by its user's gate if that was among the items that were
    found."""
    gate = items.at(gate_key(user_id))
    return not is_alive(gate.stored if gate else {}, session_id)


def end_session(write: Transaction, user_id: str, session_id: str) -> None:
    """End one session of a user."""
    forget_at = int(now()) + config.limits.access_token_hours * 3600 + GRACE
    write.update(
        _gate_of(user_id),
        Path([f"s_{session_id}"]).set(Value(forget_at)),
        Gate.expires_at.set(gate_expiry()),
    )


def end_all_sessions(write: Transaction, user_id: str, but: str | None = None) -> None:
    """End all sessions that the user has now, except `but`."""
    kept = Gate.kept_session.set(but) if but else Gate.kept_session.remove()
    write.update(
        _gate_of(user_id),
        Gate.valid_after.set(new_id()),
        kept,
        Gate.expires_at.set(gate_expiry()),
    )


def _gate_of(user_id: str) -> Gate:
    budget = user_budget(user_id)
    return Gate(budget.subject, budget.scope)
