"""Bytes of answers: as the functions return them, and as the gateway compresses them.

Each is that of the scene by which docs/costs.md is measured, with URLs that carry a session token
as long as Lambda's are. The mean is that of the calls in the usage model (`infra/costs/usage.py`).
`python -m tests.bench.answers` measures in this process, which can do nothing else afterwards.
"""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from random import Random

from tests.bench.hot_reads import GETS
from tests.bench.report import Row

LEAST = 1024  # bytes that the gateway compresses: `MinimumCompressionSize` in template.yaml
HEADERS = 600  # bytes of an answer's status and headers
TOKEN = 1100  # characters


def measure() -> list[Row]:
    """Measure in another process."""
    run = subprocess.run(  # ourselves
        [sys.executable, "-m", "tests.bench.answers"], check=True, stdout=subprocess.PIPE, text=True
    )
    return [Row(*row) for row in json.loads(run.stdout.splitlines()[-1])]


def sent(body: str) -> int:
    """The bytes that go over the network for an answer with this body."""
    plain = body.encode()
    return HEADERS + (len(plain) if len(plain) < LEAST else len(gzip.compress(plain, 6)))


def _rows() -> Iterator[Row]:
    from infra.costs import usage
    from tests.bench.costs.stage import staged

    hot = [name for name, _ in GETS]
    with staged(password_cost=4) as stage:
        os.environ["AWS_SESSION_TOKEN"] = "".join(Random(1).choices(_LETTERS, k=TOKEN))
        from tests.bench.costs.measuring import Measuring, routes

        measuring, http = Measuring(stage), routes()
        bodies = {
            name: measuring.once(name).request.answer["body"] or ""
            for name in measuring.names()
            if name in http and (name in hot or name in usage.CALLS)
        }
    for name in hot:
        plain = len(bodies[name].encode())
        figure = f"{plain / 1000:,.1f} kB, {sent(bodies[name]) / 1000:,.1f} kB"
        yield Row(f"{name}: JSON, sent", figure)
    calls = {name: usage.CALLS[name] for name in bodies if name in usage.CALLS}
    mean = sum(number * sent(bodies[name]) for name, number in calls.items()) / sum(calls.values())
    assumed = 1e6 * usage.ANSWER_MB
    yield Row(
        "an answer of the usage model, sent",
        f"{mean / 1000:,.2f} kB",
        f"{assumed / 1000:,.2f} kB ± 10 %",
        abs(mean - assumed) < 0.1 * assumed,
    )


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

if __name__ == "__main__":
    import infra.generated  # noqa: F401  # puts functions/ on the path

    rows = list(_rows())
    print(json.dumps([[row.what, row.figure, row.budget, row.holds] for row in rows]))
