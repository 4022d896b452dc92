"""Repeat a write that another writer delayed or overtook."""

from collections.abc import Callable

from shared.dynamodb.conditions import ConditionFailed, LostRace, WriteConflict
from shared.parallel import back_off

TRIES = 4  # of a read and the conditional write that depends on it


def retry_lost_races[Result](
    read_and_write: Callable[[], Result],
    lost: type[Exception] = ConditionFailed,
    tries: int = TRIES,
) -> Result:
    """Read and write, again while another writer is quicker (`lost` is raised); raise `LostRace`
    after `tries`."""
    for attempt in range(tries - 1):
        try:
            return read_and_write()
        except lost:
            back_off(attempt)
    try:
        return read_and_write()
    except lost as error:
        raise LostRace from error


def retry_conflicts[Result](write: Callable[[], Result], tries: int = 8) -> Result:
    """Write, again after a short random wait while another transaction holds one of the items;
    raise `WriteConflict` after `tries`."""
    for attempt in range(tries - 1):
        try:
            return write()
        except WriteConflict:
            back_off(attempt)
    return write()
