"""Whole runs of work that uses processes and threads: wall clock, processor time, memory peak.

Compared runs alternate in rounds, so that other load affects both alike.
"""

import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 3
PEAK_OF = """
import resource, subprocess, sys

subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True)
class Spent:
    """Seconds of one run, its children's processor time included."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Compared:
    """Medians of all rounds: seconds of both, and how many times faster ours is."""

    mine: float
    theirs: float
    ratio: float
    by_processor: float

    def figure(self, others: str) -> str:
        """The figure of a row."""
        return (
            f"{self.ratio:.1f} × faster than {others} ({self.mine:.2f} s, they {self.theirs:.2f} s;"
            f" {self.by_processor:.1f} × less processor time)"
        )


def compare(ours: Callable[[], None], theirs: Callable[[], None]) -> Compared:
    """Run both in turns. Before that, ours runs once to import what it needs."""
    ours()
    pairs = [(spent(ours), spent(theirs)) for _ in range(ROUNDS)]
    return Compared(
        mine=statistics.median(mine.wall for mine, _ in pairs),
        theirs=statistics.median(other.wall for _, other in pairs),
        ratio=statistics.median(other.wall / mine.wall for mine, other in pairs),
        by_processor=statistics.median(other.processor / mine.processor for mine, other in pairs),
    )


def spent(run: Callable[[], None]) -> Spent:
    """The time that one run takes."""
    before, began = os.times(), time.perf_counter()
    run()
    after, ended = os.times(), time.perf_counter()
    return Spent(ended - began, sum(after[:4]) - sum(before[:4]))


def memory_peak(command: Sequence[str]) -> float:
    """The peak memory in megabytes of a command's process, which must succeed. A process begins
    with the peak of the one that started it, so a small one is started in between."""
    small_parent = [sys.executable, "-I", "-S", "-c", PEAK_OF, *command]
    done = subprocess.run(small_parent, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) * 1024 / 1_000_000


def data_of(package: str, *folders: str) -> Path:
    """The folder with the samples of an installed package."""
    spec = importlib.util.find_spec(package)
    assert spec and spec.origin, f"{package} is a test dependency"
    return Path(spec.origin).parent.joinpath(*folders, "data")
