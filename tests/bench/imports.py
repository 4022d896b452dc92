"""Cold starts: the import time of each Lambda, with only the built layer and the runtime's boto3.

As on Lambda, the functions and the layer have the bytecode of their build, and boto3 has its own,
for the handlers as well as for the reference.
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

import boto3

from infra.bytecode import compile_functions
from infra.generated import ROOT
from layers.build import build
from tests.bench.report import Row

BUDGET_MS, BUDGET_RATIO = 350, 1.3
ROUNDS = 5
EACH_REFERENCE = 4  # handlers per run of the reference, so that load affects both alike
REFERENCE = "import boto3, pynamodb.models"
RUNTIME = ["boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3"]


def measure() -> list[Row]:
    """The processor time of every HTTP handler's import in a new interpreter, slowest first."""
    handlers = [
        f"{file.parent.name}.{file.stem}"
        for file in sorted((ROOT / "functions").glob("*/*.py"))
        if re.search(r"^app = endpoint\(", file.read_text(), re.MULTILINE)
    ]
    with _lambda_path() as path:
        times, references = _import_times(path, handlers)
        slowest = sorted(times, key=lambda handler: times[handler], reverse=True)
        client = _first_client(path, slowest[0])
    reference = statistics.median(references)
    rows = [Row(f"{REFERENCE} (the reference)", f"{reference:.0f} ms")]
    rows += [_row(each, times[each], reference) for each in slowest]
    over = sum(not _holds(each, reference) for each in times.values())
    rows.append(Row("handlers over the budget", f"{over} of {len(times)}", "0", over == 0))
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


def _import_times(
    path: Sequence[str], handlers: Sequence[str]
) -> tuple[dict[str, float], list[float]]:
    """The milliseconds of each handler, and those of the reference in between."""
    taken: dict[str, list[float]] = {handler: [] for handler in handlers}
    references = []
    _milliseconds(path, REFERENCE)  # once, so that the files are cached
    for _ in range(ROUNDS):
        for number, handler in enumerate(handlers):
            if number % EACH_REFERENCE == 0:
                references.append(_milliseconds(path, REFERENCE))
            taken[handler].append(_milliseconds(path, f"import {handler}"))
    return {handler: statistics.median(each) for handler, each in taken.items()}, references


def _first_client(path: Sequence[str], handler: str) -> Row:
    """What the first request adds: the DynamoDB client, which is not created at import."""
    ours = f"import {handler}; from shared.aws.clients import client; client('dynamodb')"
    theirs = f"{REFERENCE}; boto3.client('dynamodb')"
    pairs = [(_milliseconds(path, ours), _milliseconds(path, theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / other for mine, other in pairs)
    milliseconds = statistics.median(mine for mine, _ in pairs)
    figure = f"{milliseconds:.0f} ms, {ratio:.2f} × the reference with its client"
    return Row(f"{handler} and its first DynamoDB client", figure)


@contextmanager
def _lambda_path() -> Iterator[list[str]]:
    """The folders of functions, layer and runtime."""
    with tempfile.TemporaryDirectory() as folder:
        functions, runtime = Path(folder, "functions"), Path(folder, "runtime")
        shutil.copytree(ROOT / "functions", functions, ignore=shutil.ignore_patterns("__pycache__"))
        compile_functions(Path(folder))
        runtime.mkdir()
        site = Path(boto3.__file__).parents[1]
        for name in RUNTIME:
            (runtime / name).symlink_to(site / name)
        yield [str(functions), str(build("dependencies") / "python"), str(runtime)]


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
