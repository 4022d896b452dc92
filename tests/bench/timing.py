"""Processor time of code in this process, absolute or as a ratio to a reference."""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ROUNDS, SECONDS = 31, 0.04  # rounds, and about how long one takes


def compare(ours: Callable[[], object], reference: Callable[[], object]) -> tuple[float, float]:
    """The ratio of processor times, and ours in seconds per call: medians of rounds that alternate,
    so that other load affects both alike."""
    calls = max(_calls(ours), _calls(reference))
    pairs = [(_seconds(ours, calls), _seconds(reference, calls)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    return ratio, statistics.median(mine for mine, _ in pairs) / calls


def cost(run: Callable[[], object]) -> float:
    """Seconds of processor time per call: the median of all rounds."""
    calls = _calls(run)
    return statistics.median(_seconds(run, calls) for _ in range(ROUNDS)) / calls


@contextmanager
def silence() -> Iterator[None]:
    """Discard the output of this process inside the block; log lines are still formatted."""
    sys.stdout.flush()
    terminal, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(terminal, 1)
        os.close(terminal)
        os.close(nowhere)


def _calls(run: Callable[[], object]) -> int:
    """The number of calls in a round; measuring it also warms up the code."""
    run()
    return max(1, round(SECONDS / (_seconds(run, 5) / 5)))


def _seconds(run: Callable[[], object], calls: int) -> float:
    before = time.process_time()
    for _ in range(calls):
        run()
    return time.process_time() - before
