"""The gate of frames: whether a session is alive and within its frames per minute, by one
UpdateItem.

Frames count on the user's gate (`rate_limits`), in an attribute that is named for its minute:
`f_<minute>`. Each frame removes the attributes of the ten minutes before. An older one can remain
only after ten minutes without a frame, in which the gateway closes the user's sockets; the new
socket passes `rate_limits.admit`, which removes it.
"""

from typing import Any

from botocore.exceptions import ClientError

from shared.access.budgets import Budget
from shared.access.sessions import SCOPE, alive_condition, is_alive, subject_of
from shared.aws.clients import client
from shared.clock import now
from shared.config import config
from shared.errors import RateLimited, Unauthorized

FRAMES = "frames"  # the scope that a refusal names
_MINUTE = 60
_REMOVED = 10  # minutes: an idle socket lives no longer
_ATTEMPTS = 6  # a transaction may be ending a session of the user
_LIFE = 3600  # seconds of a gate that has no other expiry


def admit_frame(user_id: str, session_id: str) -> None:
    """Count a frame; raise `Unauthorized` if the session has ended, `RateLimited` beyond the frames
    per minute, and count nothing then."""
    minute, limit = int(now() // _MINUTE), config.limits.ws_frames_per_minute
    alive, values, names = alive_condition(session_id)
    past = ", ".join(f"f_{minute - back}" for back in range(1, _REMOVED + 1))
    for attempt in range(_ATTEMPTS):
        try:
            _update(
                user_id,
                f"ADD f_{minute} :one"
                f" SET expires_at = if_not_exists(expires_at, :expires) REMOVE {past}",
                f"(attribute_not_exists(f_{minute}) OR f_{minute} < :limit) AND {alive}",
                {
                    ":one": {"N": "1"},
                    ":limit": {"N": str(limit)},
                    ":expires": {"N": str(int(now()) + _LIFE)},
                    **values,
                },
                names,
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "TransactionConflictException" and attempt + 1 < _ATTEMPTS:
                continue
            if code != "ConditionalCheckFailedException":
                raise
            answer: Any = error.response
            if not is_alive(answer.get("Item") or {}, session_id):
                raise Unauthorized from None
            raise RateLimited(refused_by=_budget(user_id, limit)) from None
        return


def is_first_refusal(user_id: str) -> bool:
    """Whether no other frame of the user has been refused in this second: the one whose refusal is
    answered."""
    second = {":second": {"N": str(int(now()))}}
    try:
        _update(
            user_id,
            "SET refused_at = :second",
            "attribute_not_exists(refused_at) OR refused_at < :second",
            second,
            {},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def is_past_minute(name: str) -> bool:
    """Whether a gate's attribute counts the frames of a minute that is over."""
    return name.startswith("f_") and int(name.removeprefix("f_")) < int(now() // _MINUTE)


def _budget(user_id: str, limit: int) -> Budget:
    return Budget(subject_of(user_id), FRAMES, limit, seconds=_MINUTE)


def _update(
    user_id: str, update: str, condition: str, values: dict[str, Any], names: dict[str, str]
) -> None:
    client("dynamodb").update_item(
        TableName=f"{config.stack}-gates",
        Key={"subject": {"S": subject_of(user_id)}, "scope": {"S": SCOPE}},
        UpdateExpression=update,
        ConditionExpression=condition,
        ExpressionAttributeValues=values,
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
        **({"ExpressionAttributeNames": names} if names else {}),  # type: ignore[arg-type]
    )
