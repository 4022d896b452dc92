"""What a conditional write raises when the table is otherwise than it required."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pynamodb.exceptions import CancellationReason, DeleteError, PutError, UpdateError

from shared.errors import DependencyUnavailable
from shared.transient import TransientError


class ConditionFailed(Exception):
    """A conditional write found the table otherwise than it required.

    `reasons` holds one entry per action of a transaction (None where that action was fine).
    """

    def __init__(self, reasons: Sequence[CancellationReason | None] = ()) -> None:
        super().__init__("a condition of the write did not hold")
        self.reasons = list(reasons)


class LostRace(DependencyUnavailable):
    """Other writers were quicker every time: the client may try again in a second."""

    sentence = "This was changed by others at the same time. Please try again."

    def __init__(self) -> None:
        super().__init__(retry_after="1")


class WriteConflict(TransientError):
    """Other writers held an item of the transaction; trying again is right."""


@contextmanager
def conditions() -> Iterator[None]:
    """Turn a failed condition of the write inside into `ConditionFailed`, and a clash with a
    transaction into `WriteConflict`; let everything else pass."""
    try:
        yield
    except (PutError, UpdateError, DeleteError) as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise ConditionFailed from error
        if error.cause_response_code == "TransactionConflictException":
            raise WriteConflict from error
        raise
