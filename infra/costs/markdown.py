"""Pieces of Markdown."""

from collections.abc import Iterable, Iterator


def listed(names: Iterable[str]) -> str:
    """Names of code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


def money(amount: float) -> str:
    """An amount of dollars, with a useful number of digits."""
    if amount >= 100:
        return f"${amount:,.0f}"
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.4f}"


def price(dollars: float) -> str:
    """A price with all its digits."""
    return f"{dollars:.10f}".rstrip("0").rstrip(".")


def table(head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A table."""
    return "\n".join([*_lines(head, rows), ""])


def _lines(head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    names = list(head)
    yield f"| {' | '.join(names)} |"
    yield "|" + "---|" * len(names)
    for row in rows:
        yield f"| {' | '.join(row)} |"
