"""`make bench`: the budgets of the design, measured as ratios in one run. MiniStack's figures are the
emulator's; processor times are of the functions' own code, with AWS answered from memory."""

import sys
import tempfile
from pathlib import Path

from layers.build import build
from tests.bench import consumers, handlers, imports, media
from tests.bench.network import ROOT, deployed
from tests.bench.report import Row, show

RUNTIME = ["boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3"]
MB = 1_000_000


def main(wanted: set[str]) -> None:
    """Measure all parts, or those named on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        runtime = Path(folder)
        for name in RUNTIME:  # what the Lambda runtime has of its own
            (runtime / name).symlink_to(_site(name))
        path = [str(ROOT / "functions"), str(build("dependencies") / "python"), str(runtime)]
        if not wanted or "imports" in wanted:
            show("Cold starts", imports.measure(path))
    if not wanted or "layers" in wanted:
        show("Layers", sizes())
    if not wanted or "media" in wanted:
        show("Media", media.measure())
    if not wanted or wanted & {"handlers", "consumers"}:
        with deployed() as stack:
            if not wanted or "handlers" in wanted:
                show("Requests (the emulator's answers, replayed)", handlers.measure(stack))
            if not wanted or "consumers" in wanted:
                show("Consumers", consumers.measure(stack))


def sizes() -> list[Row]:
    """Unzipped sizes of the layers, and of a media function with both."""
    dependencies, of_media = _bytes(build("dependencies")), _bytes(build("media"))
    whole = dependencies + of_media + _bytes(ROOT / "functions")
    return [
        Row(
            "dependency layer", f"{dependencies / MB:.1f} MB", "≤ 15 MB", dependencies <= 15 * MB
        ),
        Row(
            "media function with its layers", f"{whole / MB:.0f} MB", "≤ 240 MB", whole <= 240 * MB
        ),
    ]


def _site(name: str) -> Path:
    import boto3

    return Path(boto3.__file__).parents[1] / name


def _bytes(folder: Path) -> int:
    return sum(
        file.stat().st_size
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    )


if __name__ == "__main__":
    main(set(sys.argv[1:]))
