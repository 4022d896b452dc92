"""The gate: whether a session is alive and within its rate, by one UpdateItem.

See docs/architecture.md section 5. A gate is an item `(subject, scope)` of the table `gates`. It
counts the calls of the current hour (`n` in window `w`) and keeps the count of the hour before
(`p`): the sliding hour has `p * its part of the last 60 minutes + n` calls. Refused calls do not
count. A user's gate also holds what ended the user's sessions: `valid_after` (sessions created at
or before this ULID have ended, except the kept session in `spared`), and one attribute
`s_<session_id>` for each session that was ended alone.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from botocore.exceptions import ClientError

from shared.access.budgets import Budget
from shared.access.frame_rates import is_past_minute
from shared.access.sessions import SCOPE, alive_condition, is_alive, subject_of
from shared.aws.clients import client
from shared.clock import now
from shared.config import config
from shared.errors import RateLimited, Unauthorized

WINDOW = 3600  # seconds: every rate of docs/api.md is per hour
_ATTEMPTS = 6  # several calls may try to open the window of a new hour at once


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a budget: whole calls, and the epoch second at which there will be more."""

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
    """The calls per hour of a tier (`config.limits.rate_user` …) in this deployment."""
    return rate * config.limits.rate_scale


def ip_subject(address: str) -> str:
    """The subject for calls from an IP address: the address itself, for IPv6 its /64 network."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return f"ip#{parsed.ipv4_mapped}"
        return f"ip#{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return f"ip#{parsed}"


def admit(budget: Budget, session_id: str | None = None) -> Allowance:
    """Count one call, if the budget has room and the session (if one is given) is alive.

    Otherwise raises `RateLimited` (with `Retry-After`) or `Unauthorized`, and counts nothing.
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
                continue  # a transaction is ending a session of this user
            if code != "ConditionalCheckFailedException":
                raise
            found = _existing_item(error)
            if session_id and not is_alive(found, session_id):
                raise Unauthorized from None
            opened = _number(found, "w")
            if opened == window:
                raise _refusal(budget, found, _number(found, "n"), moment) from None
            if opened > window:
                moment = float(opened * WINDOW)  # the hour has turned on a clock ahead of ours
                continue
            gate = _open_window(budget, found, window)
        if gate is None:
            continue
        allowance = _allowance(budget, gate, moment)
        if allowance.remaining < 0:
            uncount(budget)
            raise _refusal(budget, gate, _number(gate, "n") - 1, moment)
        return allowance
    raise RateLimited(refused_by=budget, retry_after="1")


def uncount(budget: Budget, calls: int = 1) -> None:
    """Undo the count of calls that another budget or a later check refused."""
    client("dynamodb").update_item(
        TableName=_table(),
        Key=_key(budget),
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": str(-calls)}},
    )


def public_budget(address: str) -> Budget:
    """The budget of an IP address over all routes of the tier `public`."""
    return Budget(ip_subject(address), "public", scaled(config.limits.rate_public))


def user_budget(user_id: str) -> Budget:
    """The budget of a user over all routes of the tier `user` and new WebSockets; its gate also
    says which sessions have ended."""
    return Budget(subject_of(user_id), SCOPE, scaled(config.limits.rate_user))


def _count(budget: Budget, session_id: str | None, window: int) -> dict[str, Any]:
    """Count a call in the open window; its condition fails if it is full or the session ended."""
    condition = "w = :window AND n < :limit"
    values = {
        ":one": {"N": "1"},
        ":window": {"N": str(window)},
        ":limit": {"N": str(budget.limit)},
    }
    names: dict[str, str] = {}
    if session_id:
        alive, more_values, names = alive_condition(session_id)
        condition += f" AND {alive}"
        values |= more_values
    return _update(budget, "ADD n :one", condition, values, names)


def _open_window(budget: Budget, found: dict[str, Any], window: int) -> dict[str, Any] | None:
    """Move the gate from the window in `found` to this one and count the first call in it.

    None if another call was faster.
    """
    before = _number(found, "w")
    previous = max(0, _number(found, "n")) if before == window - 1 else 0
    # Once an hour, forget ended sessions whose tokens have expired, and frames of past minutes.
    over = [name for name in found if name.startswith("s_") and _number(found, name) < now()]
    over += [name for name in found if is_past_minute(name)]
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
    if "w" in found:
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
    """When DynamoDB may delete a gate: after its windows, and after all tokens that it is about.

    An ended session must be remembered for as long as its refresh token lives.
    """
    return int(now()) + max(2 * WINDOW, config.limits.refresh_token_days * 86_400 + WINDOW)


def _used(gate: dict[str, Any], moment: float) -> float:
    remaining_part = 1 - moment % WINDOW / WINDOW
    return _number(gate, "p") * remaining_part + _number(gate, "n")


def _allowance(budget: Budget, gate: dict[str, Any], moment: float) -> Allowance:
    window_end = (int(moment // WINDOW) + 1) * WINDOW
    left = budget.limit - _used(gate, moment)
    return Allowance(budget.limit, int(left) if left >= 0 else -1, window_end)


def _refusal(budget: Budget, gate: dict[str, Any], counted: int, moment: float) -> RateLimited:
    """The refusal, until the first moment at which the sliding hour has `limit - 1` calls."""
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


def _existing_item(error: ClientError) -> dict[str, Any]:
    """The item for which a condition failed; `{}` if it does not exist."""
    answer: Any = error.response
    return answer.get("Item") or {}


def _table() -> str:
    return f"{config.stack}-gates"


def _key(budget: Budget) -> dict[str, Any]:
    return {"subject": {"S": budget.subject}, "scope": {"S": budget.scope}}


def _number(item: dict[str, Any], name: str) -> int:
    return int(item[name]["N"]) if name in item else 0
