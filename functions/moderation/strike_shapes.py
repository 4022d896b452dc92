"""Shapes Strike, Appeal and AdminAppeal of docs/api.md."""

from collections.abc import Sequence
from typing import Annotated, TypedDict

from moderation.report_shapes import SnapshotShape, snapshot_shape
from moderation.strike_models import Strike
from moderation.strikes import appeal_until
from shared.clock import timestamp
from shared.http.enums import one_of
from users.public import UserShape, find_users, user_shape


class AppealShape(TypedDict):
    """Shape Appeal, as its owner sees it."""

    id: str
    appeal_id: str
    strike_id: str
    text: str
    status: Annotated[str, one_of("pending", "upheld", "reversed")]
    note: str | None
    resolved_at: str | None
    created_at: str


class StrikeShape(TypedDict):
    """Shape Strike."""

    id: str
    strike_id: str
    target_type: Annotated[str, one_of("post", "user", "comment", "story", "message")]
    target_id: str
    target: SnapshotShape | None
    reason: str | None
    status: Annotated[str, one_of("active", "reversed")]
    can_appeal: bool
    appeal_until: str
    appeal: AppealShape | None
    created_at: str


class AdminAppealShape(AppealShape):
    """Shape AdminAppeal: an appeal with its strike and the people concerned."""

    user: UserShape | None
    strike: StrikeShape
    resolved_by: UserShape | None


def appeal_shape(strike: Strike) -> AppealShape:
    """The appeal of a strike that has one."""
    return {
        "id": strike.strike_id,
        "appeal_id": strike.strike_id,
        "strike_id": strike.strike_id,
        "text": strike.appeal_text or "",
        "status": strike.appeal_status or "pending",
        "note": strike.note,
        "resolved_at": strike.resolved_at,
        "created_at": strike.appealed_at or "",
    }


def strike_shape(strike: Strike) -> StrikeShape:
    """A strike, which does not say who decided, nor who reported."""
    until = appeal_until(strike)
    return {
        "id": strike.strike_id,
        "strike_id": strike.strike_id,
        "target_type": strike.target_type,
        "target_id": strike.target_id,
        "target": snapshot_shape(strike.snapshot) if strike.snapshot else None,
        "reason": strike.reason,
        "status": "reversed" if strike.appeal_status == "reversed" else "active",
        "can_appeal": not strike.appealed_at and timestamp() < until,
        "appeal_until": until,
        "appeal": appeal_shape(strike) if strike.appealed_at else None,
        "created_at": strike.created_at,
    }


def admin_appeals(strikes: Sequence[Strike]) -> list[AdminAppealShape]:
    """The appeals of strikes that were read; one more read for the people in them."""
    named = {each for strike in strikes for each in (strike.owner_id, strike.resolved_by)}
    people = find_users(each for each in named if each)
    shapes = {user_id: user_shape(user) for user_id, user in people.items()}
    return [
        {
            **appeal_shape(strike),
            "user": shapes.get(strike.owner_id),
            "strike": strike_shape(strike),
            "resolved_by": shapes.get(strike.resolved_by or ""),
        }
        for strike in strikes
    ]
