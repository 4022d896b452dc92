"""Whether an exception is transient, or a bug of ours.

A request that fails is answered 503 for a transient error, else 500. A stream retries its whole
batch after a transient error, and sets the record aside after any other.
"""

from collections.abc import Iterator

from shared.errors import DependencyUnavailable

# What AWS answers when it cannot serve a call now, as opposed to errors in our requests.
_TRANSIENT_CODES = {
    "InternalFailure",
    "InternalServerError",
    "KMSThrottlingException",
    "LimitExceededException",
    "OverLimit",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttled",
    "ThrottledException",
    "Throttling",
    "ThrottlingError",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
}
# What DynamoDB answers when it is asked more than a partition, a table or the account may read.
_THROTTLES = {
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
}


class TransientError(Exception):
    """A dependency cannot serve this now; the caller should try again soon."""


class Throttled(TransientError):
    """DynamoDB left keys of a batch unread, or items unwritten, at every try."""


def is_throttled(error: BaseException) -> bool:
    """Whether `error`, or one of its causes, says that DynamoDB refuses to read more now; our
    clients have tried three times by then."""
    answer = aws_error(error)
    return any(isinstance(cause, Throttled) for cause in _causes(error)) or (
        answer is not None and answer.get("Code") in _THROTTLES
    )


def is_transient(error: BaseException) -> bool:
    """Whether `error`, or one of its causes, says that a dependency is busy or out of reach."""
    from botocore.exceptions import BotoCoreError, ClientError

    for cause in _causes(error):
        if isinstance(cause, (TransientError, DependencyUnavailable)):
            return True
        if isinstance(cause, ClientError):
            codes = _codes(cause)
            return (bool(codes) and codes <= _TRANSIENT_CODES) or _status(cause) >= 500
        if isinstance(cause, BotoCoreError):
            return True
    return False


def aws_error(error: BaseException) -> dict[str, str] | None:
    """`Code` and `Message` of the AWS answer behind `error`, if there is one."""
    for cause in _causes(error):
        response = getattr(cause, "response", None)
        if isinstance(response, dict):
            found: dict[str, str] = response.get("Error", {})
            return found
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error`, its cause, the cause of that, and so on."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        yield current
        seen.add(id(current))
        # PynamoDB keeps the AWS error in an attribute instead of raising from it.
        cause = current.__cause__ or getattr(current, "cause", None)
        current = cause if isinstance(cause, BaseException) else None


def _codes(error: Exception) -> set[str]:
    """The error codes of an AWS answer; for a cancelled transaction, those of its actions."""
    response = getattr(error, "response", {})
    reasons = response.get("CancellationReasons")
    if reasons:
        return {reason["Code"] for reason in reasons if reason.get("Code", "None") != "None"}
    return {response.get("Error", {}).get("Code", "")}


def _status(error: Exception) -> int:
    metadata = getattr(error, "response", {}).get("ResponseMetadata", {})
    return int(metadata.get("HTTPStatusCode", 0))
