"""The measurements of an endpoint, in the quantities that AWS bills."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any

from infra import templates
from infra.costs.prices import per_million, total

# Milliseconds that a call takes on the network and at the service, added up although many calls are
# made in parallel: an allowance, not measured.
ALLOWANCE_MS = {
    "apigatewaymanagementapi": 10,
    "bedrock-runtime": 3000,
    "dynamodb": 5,
    "kms": 10,
    "s3": 30,
    "sesv2": 50,
    "sns": 15,
    "sqs": 10,
}
FULL_PROCESSOR_MB = 1769  # memory at which Lambda gives a whole processor
LOG_GB = 0.5e-6  # per invocation: one line of ours (170 bytes) and three of Lambda's own
TRACED = 0.05  # of the requests at the gateway: X-Ray's default rule
_PARALLEL = "media/on_video_uploaded"  # its work is done by ffmpeg, on all processors
CLASSES_MS = [step * float(10**power) for power in range(6) for step in (0.5, 0.7, 1, 1.5, 2, 3)]


@dataclass(frozen=True)
class Run:
    """One invocation of a Lambda."""

    function: str  # posts/like_post
    calls: Mapping[str, int]  # AWS calls: "dynamodb.GetItem" -> number
    billed: Mapping[str, float]  # by the keys of PRICES, without Lambda itself
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
    """The billed quantities of one request: its own, and those of what follows from it."""

    own: Mapping[str, float]
    wake: Mapping[str, float]

    @property
    def whole(self) -> dict[str, float]:
        """The sum of both."""
        return total(self.own, self.wake)

    @property
    def per_million(self) -> float:
        """The dollars for a million requests."""
        return per_million(self.whole)


def cost(measured: Measured, processor_ms: Mapping[str, float]) -> Cost:
    """The cost of one request; `processor_ms` are the classes by function."""
    runs = [_whole(run, processor_ms) for run in measured.runs]
    return Cost(runs[0], total(*runs[1:]))


def billed_ms(run: Run, processor_ms: Mapping[str, float]) -> int:
    """The time that Lambda bills for an invocation: its code on a share of a processor, and the
    waiting for AWS calls."""
    share = memory(run.function) / FULL_PROCESSOR_MB
    if run.function != _PARALLEL:
        share = min(1.0, share)
    waiting = sum(ALLOWANCE_MS[call.partition(".")[0]] * n for call, n in run.calls.items())
    return ceil(processor_ms[run.function] / share + waiting)


def memory(function: str) -> int:
    """The memory of a Lambda in megabytes."""
    return _memories()[function]


def class_of(milliseconds: float, before: float | None = None) -> float:
    """The class of a time: the next longer one. A function stays in the class that it had `before`
    while its time is near, so that the page changes only when the code does."""
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
