"""Is this session alive, and is it within its rate? One UpdateItem answers both (docs/architecture.md section 5).

A gate is an item `(subject, scope)` of the table Gates. It counts the calls of the current hour
(`n` in window `w`) and keeps the count of the hour before (`p`): the calls of the sliding hour are
`p * the part of it still in reach + n`. Refused calls are not counted. A user's gate also carries
what ended their sessions: `valid_after` (sessions made at or before that ULID are over, but for the
one `spared`) and one attribute `s_<session_id>` per session that was revoked by itself.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from botocore.exceptions import ClientError

from shared.access.budgets import Budget
from shared.access.sessions import SCOPE, is_alive, subject_of
from shared.aws.clients import client
from shared.clock import now
from shared.config import config
from shared.errors import RateLimited, Unauthorized

WINDOW = 3600  # seconds: every rate of docs/api.md is per hour
_ATTEMPTS = 6  # at the turn of the hour several calls may want to open the new window at once


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a budget: whole calls, and the epoch second at which more will be there."""

    limit: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        """The `X-RateLimit-*` headers."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }


def scaled(rate: int) -> int:
    """The calls per hour that a tier's limit (`rate_user` …) allows in this deployment."""
    return rate * config.limits.rate_scale


def ip_subject(address: str) -> str:
    """The subject that calls from `address` count on: the address, for IPv6 its /64."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return f"ip#{parsed.ipv4_mapped}"
        return f"ip#{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return f"ip#{parsed}"


def admit(budget: Budget, session_id: str | None = None) -> Allowance:
    """Count one call, if the budget has room and the session (if one is given) is alive.

    Raises `RateLimited` (with `Retry-After`) or `Unauthorized`; neither counts the call.
    """
    moment = now()
    for _ in range(_ATTEMPTS):
        window = int(moment // WINDOW)
        gate: dict[str, Any] | None
        try:
            gate = _count(budget, session_id, window)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "TransactionConflictException":
                continue  # a session of this user is being ended right now
            if code != "ConditionalCheckFailedException":
                raise
            seen = _found_instead(error)
            if session_id and not is_alive(seen, session_id):
                raise Unauthorized from None
            opened = _number(seen, "w")
            if opened == window:
                raise _refusal(budget, seen, _number(seen, "n"), moment) from None
            if opened > window:
                moment = float(opened * WINDOW)  # the hour turned on a quicker clock than ours
                continue
            gate = _open_window(budget, seen, window)
        if gate is None:
            continue
        allowance = _allowance(budget, gate, moment)
        if allowance.remaining < 0:
            give_back(budget)
            raise _refusal(budget, gate, _number(gate, "n") - 1, moment)
        return allowance
    raise RateLimited(refused_by=budget, retry_after="1")


def give_back(budget: Budget) -> None:
    """Uncount one call that another budget or a later check refused."""
    client("dynamodb").update_item(
        TableName=_table(),
        Key=_key(budget),
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "-1"}},
    )


def public_budget(address: str) -> Budget:
    """What calls from an address count on, over all public routes."""
    return Budget(ip_subject(address), "public", scaled(config.limits.rate_public))


def user_gate(user_id: str) -> Budget:
    """The gate that a user's calls count on, and that ends their sessions."""
    return Budget(subject_of(user_id), SCOPE, scaled(config.limits.rate_user))


def _count(budget: Budget, session_id: str | None, window: int) -> dict[str, Any]:
    """Count a call in the open window; raises unless there is room and the session is alive."""
    condition = "w = :window AND n < :limit"
    values = {
        ":one": {"N": "1"},
        ":window": {"N": str(window)},
        ":limit": {"N": str(budget.limit)},
    }
    names = {}
    if session_id:
        condition += (
            " AND attribute_not_exists(#revoked) AND"
            " (attribute_not_exists(valid_after) OR valid_after < :session OR spared = :session)"
        )
        values[":session"] = {"S": session_id}
        names["#revoked"] = f"s_{session_id}"
    return _update(budget, "ADD n :one", condition, values, names)


def _open_window(budget: Budget, seen: dict[str, Any], window: int) -> dict[str, Any] | None:
    """Move the gate from the window in which it was `seen` to this one, and count the first call;
    None if another call was quicker."""
    before = _number(seen, "w")
    previous = max(0, _number(seen, "n")) if before == window - 1 else 0
    # Once an hour is the time to forget revoked sessions whose tokens have run out by themselves.
    over = [name for name in seen if name.startswith("s_") and _number(seen, name) < now()]
    names = {f"#over{index}": name for index, name in enumerate(over)}
    update = "SET w = :window, n = :one, p = :previous, expires_at = :expires"
    if over:
        update += " REMOVE " + ", ".join(names)
    values = {
        ":window": {"N": str(window)},
        ":one": {"N": "1"},
        ":previous": {"N": str(previous)},
        ":expires": {"N": str(gate_expiry())},
    }
    condition = "attribute_not_exists(w)"
    if "w" in seen:
        condition = "w = :before"
        values[":before"] = {"N": str(before)}
    try:
        return _update(budget, update, condition, values, names)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return None


def _update(
    budget: Budget, update: str, condition: str, values: dict[str, Any], names: dict[str, str]
) -> dict[str, Any]:
    answer = client("dynamodb").update_item(
        TableName=_table(),
        Key=_key(budget),
        UpdateExpression=update,
        ConditionExpression=condition,
        ExpressionAttributeValues=values,
        ReturnValues="ALL_NEW",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
        **({"ExpressionAttributeNames": names} if names else {}),  # type: ignore[arg-type]
    )
    return answer["Attributes"]


def gate_expiry() -> int:
    """When a gate may be swept: after every window and every token that it speaks of. What ended a
    session must be known for as long as its refresh token lives."""
    return int(now()) + max(2 * WINDOW, config.limits.refresh_token_days * 86_400 + WINDOW)


def _used(gate: dict[str, Any], moment: float) -> float:
    part_in_reach = 1 - moment % WINDOW / WINDOW
    return _number(gate, "p") * part_in_reach + _number(gate, "n")


def _allowance(budget: Budget, gate: dict[str, Any], moment: float) -> Allowance:
    window_end = (int(moment // WINDOW) + 1) * WINDOW
    left = budget.limit - _used(gate, moment)
    return Allowance(budget.limit, int(left) if left >= 0 else -1, window_end)


def _refusal(budget: Budget, gate: dict[str, Any], counted: int, moment: float) -> RateLimited:
    """When the next call fits: the first moment at which the sliding hour holds `limit - 1`."""
    room = budget.limit - 1
    previous = _number(gate, "p")
    start = moment // WINDOW * WINDOW
    if counted <= room and previous:
        free_at = start + WINDOW * (1 - (room - counted) / previous)
    else:
        free_at = start + WINDOW + WINDOW * (1 - room / max(counted, 1))
    wait = max(1, int(free_at - moment) + 1)
    reset = int(moment) + min(wait, WINDOW)
    headers = Allowance(budget.limit, 0, reset).headers()
    return RateLimited(refused_by=budget, retry_after=str(wait), **headers)


def _found_instead(error: ClientError) -> dict[str, Any]:
    """The item on which a condition failed; `{}` if there is none."""
    answer: Any = error.response
    return answer.get("Item") or {}


def _table() -> str:
    return f"{config.stack}-gates"


def _key(budget: Budget) -> dict[str, Any]:
    return {"subject": {"S": budget.subject}, "scope": {"S": budget.scope}}


def _number(item: dict[str, Any], name: str) -> int:
    return int(item[name]["N"]) if name in item else 0
