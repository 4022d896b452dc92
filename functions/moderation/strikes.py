"""Strikes: what administrators decided against an account, recorded in the decision's transaction.

A strike counts for a year. What was removed is kept for 90 days, hidden from everyone, so that an
appeal, which can be made for 30 days, can return it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from moderation import audit
from moderation.report_models import StoredSnapshot
from moderation.strike_models import Strike
from shared.clock import now, seconds, timestamp
from shared.dynamodb.tables import Transaction, query, read_items
from shared.errors import StrikeNotFound
from shared.ids import is_id, new_id

APPEAL_DAYS = 30  # after the decision
_LIFE = 365 * 24 * 3600  # seconds for which a strike counts


class Offence(NamedTuple):
    """What an administrator decided against: its type, its id, whose it is, what was seen of it,
    and the other part of its key."""

    target_type: str
    target_id: str
    owner_id: str
    snapshot: StoredSnapshot | None = None
    container_id: str | None = None


def record_strike(
    write: Transaction,
    admin_id: str,
    action: str,
    offence: Offence,
    reason: str | None,
    *,
    strike_id: str | None = None,
    report_ids: Sequence[str] = (),
    **details: Any,
) -> None:
    """Add a decision to `write`: its entry in the audit log, and the strike, with `strike_id` if
    that was named before."""
    strike_id, moment = strike_id or new_id(), now()
    if offence.target_type != "user":
        details["removed_from"] = offence.owner_id
    decision_id = audit.record(
        write,
        admin_id,
        action,
        (offence.target_type, offence.target_id),
        reason,
        **details,
    )
    strike = Strike(
        strike_id,
        owner_id=offence.owner_id,
        target_type=offence.target_type,
        target_id=offence.target_id,
        container_id=offence.container_id,
        snapshot=offence.snapshot,
        reason=reason,
        action=action,
        decision_id=decision_id,
        report_ids=list(report_ids),
        created_at=timestamp(moment),
        expires_at=int(moment) + _LIFE,
    )
    write.put(strike, Strike.is_new())


def find_strike(strike_id: str) -> Strike:
    """The strike, read consistently; raises `StrikeNotFound`."""
    strike = Strike.find(strike_id, consistent=True) if is_id(strike_id) else None
    if strike is None or strike.expires_at <= now():
        raise StrikeNotFound
    return strike


def strikes_of(
    user_id: str, limit: int, after: dict[str, Any] | None = None
) -> tuple[list[Strike], dict[str, Any] | None]:
    """A page of an account's strikes, newest first."""
    found, following = query(Strike.by_owner, user_id, limit=limit, after=after)
    return whole(found), following


def whole(found: Sequence[Strike]) -> list[Strike]:
    """The strikes that an index names, read consistently, in order, without expired ones."""
    read = read_items([(Strike, each.strike_id) for each in found], consistent=True)
    strikes = (read.get(Strike, each.strike_id) for each in found)
    return [each for each in strikes if each and each.expires_at > now()]


def appeal_until(strike: Strike) -> str:
    """Until when the strike can be appealed."""
    return timestamp(seconds(strike.created_at) + APPEAL_DAYS * 24 * 3600)
