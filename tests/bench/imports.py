"""Cold starts and sizes: what a Lambda loads, with nothing but the built layer and the runtime's boto3."""

import re
import statistics
import subprocess
import sys
from pathlib import Path

from tests.bench.report import Row

ROOT = Path(__file__).parents[2]
BUDGET_MS, BUDGET_RATIO = 350, 1.3
ROUNDS = 5
REFERENCE = "import boto3, pynamodb.models"


def measure(path: list[str]) -> list[Row]:
    """Import times of every HTTP handler. `path` is where functions, layer and runtime lie."""
    handlers = [
        f"{file.parent.name}.{file.stem}"
        for file in sorted((ROOT / "functions").glob("*/*.py"))
        if re.search(r"^app = endpoint\(", file.read_text(), re.MULTILINE)
    ]
    _milliseconds(path, REFERENCE)  # once, so that files are in the machine's cache
    reference = statistics.median(_milliseconds(path, REFERENCE) for _ in range(ROUNDS))
    times = {}
    for handler in handlers:
        loads = f"import {handler}; from shared.aws import client; import boto3"
        _milliseconds(path, loads)
        times[handler] = statistics.median(_milliseconds(path, loads) for _ in range(3))
    slowest = sorted(times, key=lambda handler: times[handler], reverse=True)
    rows = [Row("import of boto3 and PynamoDB alone (the reference)", f"{reference:.0f} ms")]
    for handler in [*slowest[:5], slowest[-1]]:
        ratio = times[handler] / reference
        rows.append(
            Row(
                f"cold import of {handler}",
                f"{times[handler]:.0f} ms, {ratio:.2f} × the reference",
                f"≤ {BUDGET_MS} ms, ≤ {BUDGET_RATIO} ×",
                times[handler] <= BUDGET_MS and ratio <= BUDGET_RATIO,
            )
        )
    return rows


def _milliseconds(path: list[str], statement: str) -> float:
    """The time of an import in a new process, measured inside it."""
    program = (
        "import sys, time; sys.path[:0] = sys.argv[1:]; began = time.perf_counter(); "
        f"{statement}; print((time.perf_counter() - began) * 1000)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, *path],
        capture_output=True,
        text=True,
        check=True,
        env={"AWS_REGION": "us-east-1"},
    )
    return float(done.stdout)
