"""Blurhashes: short texts from which a client paints a blurred placeholder of a picture."""

import blurhash
from PIL import Image

_SIDE = 24  # pixels; more make no visible difference


def of(image: Image.Image) -> str:
    """Blurhash of an RGB picture: 4 × 3 components, 3 × 4 in portrait."""
    across, down = (3, 4) if image.height > image.width else (4, 3)
    small = image.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    pixels = list(small.getdata())
    rows = [pixels[start : start + _SIDE] for start in range(0, len(pixels), _SIDE)]
    return str(blurhash.encode(rows, components_x=across, components_y=down))
