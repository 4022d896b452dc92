"""What a conditional write raises when its condition does not hold."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pynamodb.exceptions import CancellationReason, DeleteError, PutError, UpdateError

from shared.errors import DependencyUnavailable
from shared.transient import TransientError, aws_error


class ConditionFailed(Exception):
    """The condition of a write does not hold.

    `reasons` has one entry per action of a transaction: None if that action was not the cause.
    """

    def __init__(self, reasons: Sequence[CancellationReason | None] = ()) -> None:
        super().__init__("a condition of the write did not hold")
        self.reasons = list(reasons)


class LostRace(DependencyUnavailable):
    """Other writers were quicker at every try: the client may try again in a second."""

    sentence = "This was changed by others at the same time. Please try again."

    def __init__(self) -> None:
        super().__init__(retry_after="1")


class WriteConflict(TransientError):
    """Another transaction held one of the items; the caller should try again."""


@contextmanager
def conditions() -> Iterator[None]:
    """Turn a failed condition of the write inside into `ConditionFailed`, and a conflict with a
    transaction into `WriteConflict`. Other errors stay as they are."""
    try:
        yield
    except (PutError, UpdateError, DeleteError) as error:
        answer = aws_error(error)
        code = answer["Code"] if answer else None
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed from error
        if code == "TransactionConflictException":
            raise WriteConflict from error
        raise
