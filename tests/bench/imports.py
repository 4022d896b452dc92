"""Cold starts: the import time of each Lambda with the built layer, which ships botocore.

The reference is boto3 and PynamoDB alone, with the whole boto3 that the Lambda runtime has instead
of the layer's pruned one. As on Lambda, all of it has bytecode.
"""

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import boto3

from infra.bytecode import compile_functions
from infra.generated import ROOT
from layers.build import build
from tests.bench.over_budget import VALIDATED
from tests.bench.report import Row

BUDGET_MS, BUDGET_RATIO, BUDGET_SHARE = 350, 1.3, 0.9
ROUNDS = 5
EACH_REFERENCE = 4  # handlers per run of the reference, so that load affects both alike
REFERENCE = "import boto3, pynamodb.models"
RUNTIME = ["boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3"]


class _Paths(NamedTuple):
    """Where a function and the reference find their packages, in this order."""

    function: list[str]
    reference: list[str]


def measure() -> list[Row]:
    """The processor time of every HTTP handler's import in a new interpreter, slowest first."""
    handlers = [
        f"{file.parent.name}.{file.stem}"
        for file in sorted((ROOT / "functions").glob("*/*.py"))
        if re.search(r"^app = endpoint\(", file.read_text(), re.MULTILINE)
    ]
    with _lambda_paths() as paths:
        times, references = _import_times(paths, handlers)
        slowest = sorted(times, key=lambda handler: times[handler], reverse=True)
        client = _first_client(paths, slowest[0])
    reference = statistics.median(references)
    rows = [Row(f"{REFERENCE} (the reference)", f"{reference:.0f} ms")]
    rows += [_row(each, times[each], reference) for each in slowest]
    over = {handler for handler in times if not _holds(times[handler], reference)}
    within = f"{len(times) - len(over)} of {len(times)}"
    is_kept = len(over) <= (1 - BUDGET_SHARE) * len(times)
    rows.append(Row("handlers within the budget", within, f"≥ {BUDGET_SHARE:.0%}", is_kept))
    unlisted = sorted(over - set(VALIDATED))
    rows.append(Row("above it without a reason", ", ".join(unlisted) or "0", "0", not unlisted))
    return [*rows, client]


def _row(handler: str, milliseconds: float, reference: float) -> Row:
    return Row(
        f"cold import of {handler}",
        f"{milliseconds:.0f} ms, {milliseconds / reference:.2f} × the reference",
        f"≤ {BUDGET_MS} ms, ≤ {BUDGET_RATIO} ×",
        _holds(milliseconds, reference),
    )


def _holds(milliseconds: float, reference: float) -> bool:
    return milliseconds <= BUDGET_MS and milliseconds <= BUDGET_RATIO * reference


def _import_times(paths: _Paths, handlers: Sequence[str]) -> tuple[dict[str, float], list[float]]:
    """The milliseconds of each handler, and those of the reference in between."""
    taken: dict[str, list[float]] = {handler: [] for handler in handlers}
    references = []
    _milliseconds(paths.reference, REFERENCE)  # once, so that the files are cached
    for _ in range(ROUNDS):
        for number, handler in enumerate(handlers):
            if number % EACH_REFERENCE == 0:
                references.append(_milliseconds(paths.reference, REFERENCE))
            taken[handler].append(_milliseconds(paths.function, f"import {handler}"))
    return {handler: statistics.median(each) for handler, each in taken.items()}, references


def _first_client(paths: _Paths, handler: str) -> Row:
    """What the first request adds: the DynamoDB client, which is not created at import."""
    ours = f"import {handler}; from shared.aws.clients import client; client('dynamodb')"
    theirs = f"{REFERENCE}; boto3.client('dynamodb')"
    pairs = [
        (_milliseconds(paths.function, ours), _milliseconds(paths.reference, theirs))
        for _ in range(ROUNDS)
    ]
    ratio = statistics.median(mine / other for mine, other in pairs)
    milliseconds = statistics.median(mine for mine, _ in pairs)
    figure = f"{milliseconds:.0f} ms, {ratio:.2f} × the reference with its client"
    return Row(f"{handler} and its first DynamoDB client", figure)


@contextmanager
def _lambda_paths() -> Iterator[_Paths]:
    """The paths of a function and of the reference."""
    with tempfile.TemporaryDirectory() as folder:
        functions, runtime = Path(folder, "functions"), Path(folder, "runtime")
        shutil.copytree(ROOT / "functions", functions, ignore=shutil.ignore_patterns("__pycache__"))
        compile_functions(Path(folder))
        runtime.mkdir()
        site = Path(boto3.__file__).parents[1]
        for name in RUNTIME:
            (runtime / name).symlink_to(site / name)
        layer = str(build("dependencies") / "python")
        yield _Paths([str(functions), layer], [str(runtime), layer])


def _milliseconds(path: Sequence[str], statement: str) -> float:
    """The processor time of a statement in a new interpreter, measured inside that process."""
    program = (
        "import sys, time; sys.path[:0] = sys.argv[1:]; began = time.process_time(); "
        f"{statement}; print((time.process_time() - began) * 1000)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program, *path],
        capture_output=True,
        text=True,
        env={
            "PYDANTIC_DISABLE_PLUGINS": "__all__",  # as in template.yaml
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        },
    )
    assert done.returncode == 0, f"{statement}: {done.stderr}"
    return float(done.stdout)
