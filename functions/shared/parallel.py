"""Calls in parallel, and the wait before a call is repeated."""

import random
import time
from collections.abc import Callable, Iterable
from functools import cache, partial
from threading import local
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_WORKERS = 16
_FIRST_WAIT, _LONGEST_WAIT = 0.02, 1.28  # seconds
_here = local()


def in_parallel[Result](*calls: Callable[[], Result]) -> list[Result]:
    """The results of `calls`, in their order; the first one runs in this thread.

    Returns or raises when all of them have ended, so that nothing runs on after the answer.
    """
    # A worker that waits for other workers could wait for itself.
    if len(calls) < 2 or getattr(_here, "is_worker", False):
        return [call() for call in calls]
    others = [_workers().submit(call) for call in calls[1:]]
    try:
        first = calls[0]()
    finally:
        for other in others:
            other.exception()  # waits
    return [first, *(other.result() for other in others)]


def parallel_map[Item, Result](
    call: Callable[[Item], Result], items: Iterable[Item]
) -> list[Result]:
    """The results of `call(item)` for each item, in their order, as `in_parallel` gives them."""
    return in_parallel(*(partial(call, item) for item in items))


def beside[Result](check: Callable[[], object], call: Callable[[], Result]) -> Result:
    """The result of `call`, which runs in this thread while `check` runs in another. If `check`
    raises, that is raised, whatever `call` did; nothing runs on after either."""
    _here.checked = checked = _workers().submit(check)
    try:
        return call()
    finally:
        _here.checked = None
        checked.exception()  # waits
        checked.result()  # an error of the check takes the place of an error of the call


def wait_for_check() -> None:
    """Wait for the check beside this call (`beside`), if there is one, and raise what it raises:
    for a call that reads, but for a write now and then."""
    checked = getattr(_here, "checked", None)
    if checked is not None:
        checked.result()


@cache
def _workers() -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(_WORKERS, initializer=_become_worker)


def _become_worker() -> None:
    _here.is_worker = True


def back_off(attempt: int) -> None:
    """Wait after the failed try `attempt` (from 0): a random time up to 20 ms, doubled each try up
    to 1.28 s."""
    longest = min(_FIRST_WAIT * 2**attempt, _LONGEST_WAIT)
    time.sleep(random.uniform(0, longest))  # noqa: S311  # jitter, not a secret
