"""Suppressions: addresses that get no mails but codes, because one came back or was called spam.

An address is known by its hash. What its item says follows from the times of what happened, not
from the order in which it is reported: a mail that came back suppresses its address unless a later
mail reached a reader, who typed in its code; and the other way round.
"""

import hashlib
from contextlib import suppress
from typing import Literal

from emails.models import Suppression
from shared.clock import now, timestamp
from shared.dynamodb.tables import ConditionFailed, Transaction
from users.public import change_preferences, find_by_login

type Reason = Literal["bounce", "complaint"]

_LIFE = 365 * 24 * 3600  # seconds: after a year one mail tries the address again
_PROOF_LIFE = 30 * 24 * 3600  # seconds: longer than queues keep a report, dead letters included


def is_suppressed(address: str) -> bool:
    """Whether this address gets no mails but codes."""
    found = Suppression.find(_hash(address))
    return found is not None and bool(found.suppressed_at) and found.expires_at > now()


def suppress_address(address: str, reason: Reason, at: str) -> None:
    """Mail an address no more, because of what happened at a time, and end the subscription of its
    account. Does nothing when a later event is known."""
    found = Suppression.find(_hash(address), consistent=True)
    if found and max(found.suppressed_at or "", found.lifted_at or "") >= at:
        return
    user = find_by_login(address)
    if user and user.newsletter:
        change_preferences(user.user_id, {"newsletter": False}, {})
    is_latest = Suppression.suppressed_at.does_not_exist() | (Suppression.suppressed_at < at)
    is_unproved = Suppression.lifted_at.does_not_exist() | (Suppression.lifted_at < at)
    with suppress(ConditionFailed):  # a later event was noted meanwhile
        Suppression(_hash(address)).change(
            Suppression.suppressed_at.set(at),
            Suppression.reason.set(reason),
            Suppression.user_id.set(user.user_id) if user else Suppression.user_id.remove(),
            Suppression.expires_at.set(int(now()) + _LIFE),
            condition=is_latest & is_unproved,
        )


def lift_suppression(write: Transaction, address: str, user_id: str) -> None:
    """Mail an address again: its owner has used a code or link that was mailed there."""
    write.update(
        Suppression(_hash(address)),
        Suppression.lifted_at.set(timestamp()),
        Suppression.suppressed_at.remove(),
        Suppression.reason.remove(),
        Suppression.user_id.set(user_id),
        Suppression.expires_at.set(int(now()) + _PROOF_LIFE),
    )


def _hash(address: str) -> str:
    return hashlib.sha256(address.lower().encode()).hexdigest()
