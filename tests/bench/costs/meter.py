"""What is asked of AWS, and what it would be billed."""

from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Meter:
    """What was asked of AWS since it was last emptied."""

    calls: dict[str, int] = field(default_factory=dict)  # "dynamodb.GetItem" -> how often
    billed: dict[str, float] = field(default_factory=dict)  # by the names of infra/costs/prices.py
    seconds: float = 0  # processor time that AWS in memory took
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
