"""docs/costs.md says what the handlers ask of AWS now."""

import subprocess
import sys

from infra.generated import ROOT


def test_the_page_of_costs_is_fresh() -> None:
    # In a process of its own: there the clients ask AWS in memory, and time stands still.
    command = [sys.executable, "-m", "tests.bench.costs", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "was not measured" not in done.stderr, done.stderr
