"""The table that `make bench` prints: figure, budget, and whether the budget holds."""

import os
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One measured figure. `holds` is None where there is no budget."""

    what: str
    figure: str
    budget: str = ""
    holds: bool | None = None


def show(title: str, rows: list[Row]) -> None:
    """Print the measured rows, and the load of the machine."""
    load = f"{os.getloadavg()[0]:.1f} of {os.cpu_count()} processors busy"
    table = Table(title=f"{title} ({load})", title_justify="left", show_edge=False, pad_edge=False)
    for column in ("what", "measured", "budget", ""):
        table.add_column(column, overflow="fold")
    for row in rows:
        state = {None: "", True: "[green]holds[/]", False: "[red]over[/]"}[row.holds]
        table.add_row(row.what, row.figure, row.budget, state)
    console = Console(width=140)
    console.print(table)
    console.print()
