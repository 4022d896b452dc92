"""What was measured of an endpoint, in the things that AWS bills."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any

from infra import templates
from infra.costs.prices import per_million, total

# Milliseconds that a call takes on the network and at the service, one after the other although
# many are made at the same time: an allowance, not measured.
ALLOWANCE_MS = {
    "apigatewaymanagementapi": 10,
    "bedrock-runtime": 3000,
    "dynamodb": 5,
    "s3": 30,
    "ses": 50,
    "sns": 15,
    "sqs": 10,
}
FULL_PROCESSOR_MB = 1769  # memory at which Lambda gives a whole processor
LOG_GB = 0.5e-6  # of an invocation: one line of ours (170 bytes) and Lambda's own three
TRACED = 0.05  # of the requests that the gateway takes: X-Ray's default rule
_PARALLEL = "media/on_video_uploaded"  # whose work is ffmpeg's, on all processors
CLASSES_MS = [step * float(10**power) for power in range(6) for step in (0.5, 0.7, 1, 1.5, 2, 3)]


@dataclass(frozen=True)
class Run:
    """One invocation of a Lambda."""

    function: str  # posts/like_post
    calls: Mapping[str, int]  # of AWS: "dynamodb.GetItem" -> how often
    billed: Mapping[str, float]  # by the names of PRICES, without Lambda itself
    answer: Any = None


@dataclass(frozen=True)
class Measured:
    """One request, and the invocations that followed from it."""

    request: Run
    wake: tuple[Run, ...] = ()

    @property
    def runs(self) -> tuple[Run, ...]:
        """All invocations."""
        return (self.request, *self.wake)


@dataclass(frozen=True)
class Cost:
    """What one request is billed: itself, and what follows from it."""

    own: Mapping[str, float]
    wake: Mapping[str, float]

    @property
    def whole(self) -> dict[str, float]:
        """Both."""
        return total(self.own, self.wake)

    @property
    def per_million(self) -> float:
        """Dollars for a million."""
        return per_million(self.whole)


def cost(measured: Measured, processor_ms: Mapping[str, float]) -> Cost:
    """The bill of one request; `processor_ms` by function, in classes."""
    runs = [_whole(run, processor_ms) for run in measured.runs]
    return Cost(runs[0], total(*runs[1:]))


def billed_ms(run: Run, processor_ms: Mapping[str, float]) -> int:
    """For how long Lambda bills an invocation: its code on a part of a processor, and waiting."""
    share = memory(run.function) / FULL_PROCESSOR_MB
    if run.function != _PARALLEL:
        share = min(1.0, share)
    waiting = sum(ALLOWANCE_MS[call.partition(".")[0]] * n for call, n in run.calls.items())
    return ceil(processor_ms[run.function] / share + waiting)


def memory(function: str) -> int:
    """The megabytes that a Lambda has."""
    return _memories()[function]


def class_of(milliseconds: float, before: float | None = None) -> float:
    """The class that a time falls into: the next longer one. What was in a class `before` stays
    there while it is near, so that the page changes only when the code does."""
    if before is not None and _is_near(milliseconds, before):
        return before
    return next(each for each in CLASSES_MS if milliseconds <= each or each == CLASSES_MS[-1])


def _is_near(milliseconds: float, kept: float) -> bool:
    below = max((each for each in CLASSES_MS if each < kept), default=0.0)
    return below / 1.5 <= milliseconds <= kept * 1.5


def _whole(run: Run, processor_ms: Mapping[str, float]) -> dict[str, float]:
    seconds = billed_ms(run, processor_ms) / 1000
    requests = run.billed.get("http_requests", 0)
    return total(
        run.billed,
        {"invocations": 1, "gb_seconds": memory(run.function) / 1024 * seconds, "log_gb": LOG_GB},
        {"traces": TRACED * requests} if requests else {},
    )


@cache
def _memories() -> dict[str, int]:
    usual = templates.load(templates.TEMPLATE)["Globals"]["Function"]["MemorySize"]
    return {
        "/".join(templates.module_of(function)): function.get("MemorySize", usual)
        for function in templates.functions().values()
    }
