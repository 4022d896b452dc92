"""How often a person may do something on a day: a count in the table of gates. The days are those
of UTC.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from shared.access.budgets import Budget
from shared.access.rate_limits import scaled
from shared.access.sessions import subject_of
from shared.aws.clients import client
from shared.clock import now
from shared.config import config
from shared.errors import HoshiError, RateLimited

_DAY = 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a day's calls, this one included in `used`; `reset` is an epoch second."""

    limit: int
    used: int
    reset: int

    def headers(self) -> dict[str, str]:
        """The `X-Quota-*` headers."""
        return {
            "X-Quota-Limit": str(self.limit),
            "X-Quota-Remaining": str(max(0, self.limit - self.used)),
            "X-Quota-Reset": str(self.reset),
        }


@contextmanager
def one_call(
    user_id: str, purpose: str, per_day: int, given_back: type[Exception]
) -> Iterator[Quota]:
    """Count one call of the day for this purpose around what it is for.

    Raises `RateLimited` if there is none left. A call that ends with an error `given_back` does not
    count; one with an answer leaves with the headers.
    """
    day = int(now() // _DAY)
    limit, reset = scaled(per_day), (day + 1) * _DAY
    budget = Budget(subject_of(user_id), f"{purpose}#{day}", limit, _DAY, tier="quota")
    try:
        used = _add(budget, 1, reset)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        wait = max(1, int(reset - now()) + 1)
        refusal = RateLimited(refused_by=budget, retry_after=str(wait))
        refusal.headers |= Quota(limit, limit, reset).headers()
        raise refusal from None
    quota = Quota(limit, used, reset)
    try:
        yield quota
    except given_back as error:
        used = _add(budget, -1, reset)
        if isinstance(error, HoshiError):
            error.headers |= Quota(limit, used, reset).headers()
        raise


def _add(budget: Budget, calls: int, reset: int) -> int:
    """Add to the calls of the day, if there is room, and return them."""
    room: dict[str, Any] = {}
    values = {":calls": {"N": str(calls)}, ":expires": {"N": str(reset + _DAY)}}
    if calls > 0:
        room = {"ConditionExpression": "attribute_not_exists(n) OR n < :limit"}
        values[":limit"] = {"N": str(budget.limit)}
    answer = client("dynamodb").update_item(
        TableName=f"{config.stack}-gates",
        Key={"subject": {"S": budget.subject}, "scope": {"S": budget.scope}},
        UpdateExpression="ADD n :calls SET expires_at = :expires",
        ExpressionAttributeValues=values,
        ReturnValues="ALL_NEW",
        **room,
    )
    return int(answer["Attributes"]["n"]["N"])
