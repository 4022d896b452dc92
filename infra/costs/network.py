"""The monthly bill of a network."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.costs.prices import PRICES, dollars, per_million, times, total
from infra.costs.runs import Cost
from infra.costs.usage import LOG_MONTHS, Size, call_counts, fixed_costs, usage_without_calls


@dataclass(frozen=True)
class Bill:
    """A month of a network."""

    users: int
    billed: Mapping[str, float]

    @property
    def dollars(self) -> float:
        """The sum."""
        return dollars(self.billed)

    @property
    def by_service(self) -> dict[str, float]:
        """The dollars of each AWS service, the highest first."""
        services: dict[str, float] = {}
        for what, quantity in self.billed.items():
            service = PRICES[what].service
            services[service] = services.get(service, 0) + PRICES[what].of(quantity)
        return dict(sorted(services.items(), key=lambda each: each[1], reverse=True))


def bill(size: Size, costs: Mapping[str, Cost]) -> Bill:
    """The bill of one month for a network of this size."""
    one = total(*(times(number, costs[name].whole) for name, number in call_counts(costs)))
    other = usage_without_calls(size.cold, one["invocations"], one["http_requests"])
    whole = total(times(size.users, total(one, other)), fixed_costs())
    whole["log_storage_gb"] = LOG_MONTHS * whole["log_gb"]
    return Bill(size.users, whole)


def most_expensive(costs: Mapping[str, Cost]) -> list[tuple[str, float, float]]:
    """`(endpoint, calls of one user, dollars of a thousand users)` in a month, the highest first;
    without the cheaper price steps of large quantities."""
    rows = [
        (name, number, per_million(times(number * 1000, costs[name].whole)) / 1e6)
        for name, number in call_counts(costs)
    ]
    return sorted(rows, key=lambda row: row[2], reverse=True)
