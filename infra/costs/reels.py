"""The cost of one reel by its views, beside the plain ffmpeg commands that a server would run."""

from dataclasses import dataclass
from textwrap import fill

from infra.costs import usage
from infra.costs.markdown import money, table
from infra.costs.prices import PRICES
from infra.costs.runs import FULL_PROCESSOR_MB

VIEWS = (10, 100, 10_000)
_LAMBDA_MB = 3008


@dataclass(frozen=True)
class Way:
    """A way to encode a reel."""

    name: str
    processor_seconds: float
    rungs_mb: tuple[float, float, float]  # 720p, 480p, 360p

    def dollars(self, views: int) -> tuple[float, float, float]:
        """Encoding, a year of storage, and delivery to so many viewers of the whole 720p."""
        seconds = self.processor_seconds * FULL_PROCESSOR_MB / _LAMBDA_MB
        encoding = seconds * _LAMBDA_MB / 1024 * PRICES["gb_seconds"].first
        stored = usage.STORED_MONTHS * sum(self.rungs_mb) / 1000 * PRICES["object_gb"].first
        watched = self.rungs_mb[0] / 1000 * PRICES["traffic_gb"].first
        return encoding, stored, views * (watched + PRICES["object_reads"].first)


WAYS = (
    Way("Hoshi", usage.REEL_PROCESSOR_SECONDS, usage.REEL_RUNGS_MB),
    Way("four ffmpeg commands", usage.PLAIN_REEL_PROCESSOR_SECONDS, usage.PLAIN_REEL_RUNGS_MB),
)


def section() -> str:
    """The chapter of docs/costs.md."""
    rows = []
    for views in VIEWS:
        for way in WAYS:
            parts = way.dollars(views)
            rows.append((f"{views:,}", way.name, *map(money, parts), money(sum(parts))))
    head = ("views", "encoded by", "encoding", "stored for a year", "delivered", "together")
    note = (
        f"A reel of {usage.REEL_SECONDS} s, in 720p, 480p and 360p. A view loads all of the 720p; "
        "on a slow network it loads less. The four commands are a thumbnail and three sizes with "
        "ffmpeg's own settings, which leave six channels of sound as they are. Sizes and processor "
        "times are those of `tests/bench/media.py` for its first clip, in the length of a reel; "
        "both are priced as if they ran in our Lambda."
    )
    return f"## A reel by its views\n\n{fill(note, 100)}\n\n{table(head, rows)}"
