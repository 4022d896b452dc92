"""`make costs`: writes docs/costs.md, the price of each endpoint and of networks of three sizes.

Each run measures calls and units again, and the classes of processor time, which are stored in
infra/costs/processor.json. `--check` only checks whether the page is up to date, with the stored
classes: they depend on the machine, everything else does not.
"""

import json
import sys

from infra.costs.document import document
from infra.costs.runs import class_of
from infra.generated import ROOT, update_files
from tests.bench.costs.stage import staged

PAGE = ROOT / "docs" / "costs.md"
CLASSES = ROOT / "infra" / "costs" / "processor.json"


def main() -> None:
    """Write or check the page."""
    kept: dict[str, float] = json.loads(CLASSES.read_text()) if CLASSES.exists() else {}
    is_check = "--check" in sys.argv
    with staged(password_cost=4 if is_check else 12) as stage:
        from tests.bench.costs.measuring import measured, processor_times, routes

        found, failed = measured(stage)
        classes = kept if is_check else _classes(processor_times(stage, found), kept)
        every = routes()
    for name, reason in failed.items():
        print(f"{name} was not measured: {reason}", file=sys.stderr)
    unknown = sorted({run.function for each in found.values() for run in each.runs} - {*classes})
    if unknown:
        raise SystemExit(f"{', '.join(unknown)}: not timed yet, run `make costs`")
    texts = {PAGE: document(every, found, classes)}
    if not is_check:
        texts[CLASSES] = json.dumps(classes, indent=1) + "\n"
    update_files(texts, "make costs")


def _classes(times: dict[str, float], kept: dict[str, float]) -> dict[str, float]:
    return {
        function: class_of(milliseconds, kept.get(function))
        for function, milliseconds in times.items()
    }


if __name__ == "__main__":
    main()
