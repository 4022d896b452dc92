"""Several calls at the same time: what waits for the network need not wait in line."""

from collections.abc import Callable
from functools import cache
from threading import local
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_WORKERS = 8
_here = local()


def in_parallel[Result](*calls: Callable[[], Result]) -> list[Result]:
    """The results of `calls`, in their order; the first is made right here.

    Returns or raises when all of them have ended, so that nothing goes on behind the answer.
    """
    # A worker that waited for other workers could wait for itself.
    if len(calls) < 2 or getattr(_here, "is_worker", False):
        return [call() for call in calls]
    others = [_workers().submit(call) for call in calls[1:]]
    try:
        first = calls[0]()
    finally:
        for other in others:
            other.exception()  # waits
    return [first, *(other.result() for other in others)]


@cache
def _workers() -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(_WORKERS, initializer=_become_worker)


def _become_worker() -> None:
    _here.is_worker = True
