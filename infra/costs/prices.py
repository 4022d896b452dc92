"""The prices of everything that AWS bills: the public on-demand prices of us-east-1.

Entered by hand, as known on the date below, and not fetched from anywhere: check each against its
service's page under https://aws.amazon.com/<service>/pricing/ before you rely on a sum. In US
dollars, without tax, free tier, discounts or commitments. `make costs` computes the page again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

NOTED, REGION = "2026-11-22", "us-east-1"

MILLION = 1_000_000
type Billed = Mapping[str, float]  # quantities by the keys of PRICES


@dataclass(frozen=True)
class Price:
    """The dollars for `per` units of something, in steps: `(up to this quantity, dollars)`."""

    service: str
    what: str
    per: float
    steps: tuple[tuple[float, float], ...]

    def of(self, quantity: float) -> float:
        """The dollars for a month's quantity."""
        dollars, below = 0.0, 0.0
        for limit, price in self.steps:
            dollars += max(0.0, min(quantity, limit) - below) * price / self.per
            below = limit
        return dollars

    @property
    def first(self) -> float:
        """The dollars for one unit, at the first step."""
        return self.steps[0][1] / self.per


def _flat(service: str, what: str, per: float, dollars: float) -> Price:
    return Price(service, what, per, ((inf, dollars),))


PRICES: dict[str, Price] = {
    "http_requests": Price(
        "API Gateway",
        "REST API requests",
        MILLION,
        ((333e6, 3.50), (1e9, 2.80), (20e9, 2.38), (inf, 1.51)),
    ),
    "frames": Price(
        "API Gateway", "WebSocket messages, in or out", MILLION, ((1e9, 1.00), (inf, 0.80))
    ),
    "socket_minutes": _flat("API Gateway", "WebSocket connection minutes", MILLION, 0.25),
    "invocations": _flat("Lambda", "requests", MILLION, 0.20),
    "gb_seconds": Price(
        "Lambda",
        "GB-seconds, x86",
        1,
        ((6e9, 0.0000166667), (15e9, 0.000015), (inf, 0.0000133334)),
    ),
    "read_units": _flat("DynamoDB", "read request units, on demand", MILLION, 0.125),
    "write_units": _flat("DynamoDB", "write request units, on demand", MILLION, 0.625),
    "table_gb": _flat("DynamoDB", "GB stored for a month", 1, 0.25),
    "backup_gb": _flat("DynamoDB", "GB of point-in-time recovery for a month", 1, 0.20),
    "topic_requests": _flat("SNS", "standard topic requests of 64 KB", MILLION, 0.50),
    "queue_requests": Price(
        "SQS",
        "standard queue requests of 64 KB",
        MILLION,
        ((100e9, 0.40), (200e9, 0.30), (inf, 0.24)),
    ),
    "object_writes": _flat("S3", "PUT, COPY, POST requests", 1000, 0.005),
    "object_reads": _flat("S3", "GET, HEAD requests", 1000, 0.0004),
    "object_gb": Price(
        "S3",
        "GB stored for a month, Standard",
        1,
        ((51_200, 0.023), (512_000, 0.022), (inf, 0.021)),
    ),
    "traffic_gb": Price(
        "data transfer",
        "GB out to the internet",
        1,
        ((10_240, 0.09), (51_200, 0.085), (153_600, 0.07), (inf, 0.05)),
    ),
    "mails": _flat("SES", "mails", 1000, 0.10),
    "log_gb": Price("CloudWatch", "GB of logs taken in", 1, ((inf, 0.50),)),
    "log_storage_gb": _flat("CloudWatch", "GB of logs stored for a month", 1, 0.03),
    "alarms": _flat("CloudWatch", "alarms", 1, 0.10),
    "metrics": _flat("CloudWatch", "metrics of our own", 1, 0.30),
    "dashboards": _flat("CloudWatch", "dashboards", 1, 3.00),
    "traces": _flat("X-Ray", "traces recorded", MILLION, 5.00),
    "secrets": _flat("Secrets Manager", "secrets", 1, 0.40),
    "secret_requests": _flat("Secrets Manager", "requests", 10_000, 0.05),
    "keys": _flat("KMS", "keys of our own", 1, 1.00),
    "key_requests": _flat("KMS", "requests", 10_000, 0.03),
}


def dollars(billed: Billed) -> float:
    """The dollars for a month's quantities, with the cheaper steps of large ones."""
    return sum(PRICES[what].of(quantity) for what, quantity in billed.items())


def per_million(billed: Billed) -> float:
    """The dollars for a million times `billed`, each at its first step."""
    return MILLION * sum(PRICES[what].first * quantity for what, quantity in billed.items())


def total(*parts: Billed) -> dict[str, float]:
    """The sum of all parts."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: sum(part.get(name, 0) for part in parts) for name in names}


def times(number: float, billed: Billed) -> dict[str, float]:
    """The quantities multiplied by `number`."""
    return {what: number * quantity for what, quantity in billed.items()}
