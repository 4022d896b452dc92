"""The sizes of the layers, unpacked, with the bytecode of their build."""

from pathlib import Path

from infra.generated import ROOT
from layers.build import build
from tests.bench.report import Row

LAYER_MB, MEDIA_MB = 22, 240
_MB = 1_000_000


def measure() -> list[Row]:
    """The dependency layer, and a media function with both layers."""
    dependencies, media = _megabytes(build("dependencies")), _megabytes(build("media"))
    sources = [file for file in (ROOT / "functions").rglob("*") if "__pycache__" not in file.parts]
    whole = dependencies + media + sum(file.stat().st_size for file in sources) / _MB
    return [
        _row("dependency layer", dependencies, LAYER_MB),
        _row("media function with its layers", whole, MEDIA_MB),
    ]


def _row(what: str, megabytes: float, most: int) -> Row:
    return Row(what, f"{megabytes:.2f} MB", f"≤ {most} MB", megabytes <= most)


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / _MB
