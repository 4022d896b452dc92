"""Ending sessions: the gate attributes that make a token's next request answer 401.

Each function adds its action to the caller's transaction, so that a session ends in the same moment
as the fact that ends it (a logout, a new password, a ban).
"""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.operand import Path, Value

from shared.access.rate_limits import gate_expiry, user_gate
from shared.clock import now
from shared.config import config
from shared.dynamodb.tables import IntegerAttribute, Table, TableName, Transaction
from shared.ids import new_id

# Seconds for which the gateway lets a token in that has run out: the authorizer's answer is cached
# for five minutes (`infra/routes.py`), and clocks differ.
AFTERLIFE = 360


class Gate(Table):
    """One subject's calls of this hour and the last, and what ended its sessions (see `gate`)."""

    class Meta:
        table_name = TableName("gates")

    subject = UnicodeAttribute(hash_key=True)
    scope = UnicodeAttribute(range_key=True)
    valid_after = UnicodeAttribute(null=True)
    kept_session = UnicodeAttribute(attr_name="spared", null=True)
    expires_at = IntegerAttribute(null=True)


def end_session(write: Transaction, user_id: str, session_id: str) -> None:
    """End one session of a user."""
    forget_at = int(now()) + config.limits.access_token_hours * 3600 + AFTERLIFE
    write.update(
        _gate_of(user_id),
        Path([f"s_{session_id}"]).set(Value(forget_at)),
        Gate.expires_at.set(gate_expiry()),
    )


def end_all_sessions(write: Transaction, user_id: str, but: str | None = None) -> None:
    """End every session that the user has now, but the one given."""
    kept = Gate.kept_session.set(but) if but else Gate.kept_session.remove()
    write.update(
        _gate_of(user_id),
        Gate.valid_after.set(new_id()),
        kept,
        Gate.expires_at.set(gate_expiry()),
    )


def _gate_of(user_id: str) -> Gate:
    gate = user_gate(user_id)
    return Gate(gate.subject, gate.scope)
