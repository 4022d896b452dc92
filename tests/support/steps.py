"""Which AWS calls follow one another, and which are made at the same time.

Steps are counted by logical clocks: parallel calls start at the same step, and the thread that
waits for them continues at the step at which the last one ended. So the count depends on what the
code does, and not on the speed of the machine. With a number of workers, each runs one call after
the other, in the order in which they were given out.
"""

import heapq
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import local
from typing import Any

from shared import parallel


class Steps:
    """The clock of each thread: the number of calls that have followed one another so far."""

    def __init__(self) -> None:
        self._here = local()

    @property
    def now(self) -> int:
        return getattr(self._here, "now", 0)

    @now.setter
    def now(self, step: int) -> None:
        self._here.now = step

    def next(self) -> int:
        """Count a call by this thread; return the number of its step."""
        self.now += 1
        return self.now


@contextmanager
def stepping(at_once: int | None = None) -> Iterator[Steps]:
    """Count the steps of this thread, from 1, and of its calls `in_parallel`, of which any number,
    or so many, are made at once."""
    steps, workers = Steps(), parallel._workers()
    submit = workers.submit
    free = [0] * (at_once or 0)  # the step after which each worker is free

    def begin(call: Callable[[], Any]) -> Future[Any]:
        begun, ended = steps.now, [0]

        def run() -> Any:
            steps.now = begun
            try:
                return call()
            finally:
                ended[0] = steps.now

        future = submit(run)
        wait = future.exception

        def join() -> BaseException | None:
            error = wait()
            end = ended[0]
            if free:
                end += max(0, heapq.heappop(free) - begun)
                heapq.heappush(free, end)
            steps.now = max(steps.now, end)
            return error

        future.exception = join  # type: ignore[method-assign,assignment]
        return future

    workers.submit = begin  # type: ignore[method-assign,assignment]
    try:
        yield steps
    finally:
        workers.submit = submit  # type: ignore[method-assign]
