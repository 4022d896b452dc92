"""The AWS calls that were made, and what they would be billed."""

from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Meter:
    """AWS calls and billed quantities since the meter was last cleared."""

    calls: dict[str, int] = field(default_factory=dict)  # "dynamodb.GetItem" -> how often
    billed: dict[str, float] = field(default_factory=dict)  # by the names of infra/costs/prices.py
    seconds: float = 0  # processor time of the AWS in memory itself
    _lock: Lock = field(default_factory=Lock)  # handlers call in parallel

    def note(self, call: str, seconds: float) -> None:
        with self._lock:
            self.calls[call] = self.calls.get(call, 0) + 1
            self.seconds += seconds

    def bill(self, what: str, quantity: float) -> None:
        with self._lock:
            self.billed[what] = self.billed.get(what, 0) + quantity

    def clear(self) -> None:
        self.calls, self.billed, self.seconds = {}, {}, 0
