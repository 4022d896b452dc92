"""Colours by numbers instead of a profile (ITU-T H.273), as HEIC, AVIF and PNG declare them.

Colours of a standard range become an ICC profile, so that they are treated like all others. Those
of HDR are tone-mapped as Chromium does it for a screen without HDR: 203 nits are the white of a
text, 1,000 nits the brightest, and what lies between is compressed by the formula of Reinhard
(`ui/gfx/color_transform.cc`).
"""

import struct
from collections.abc import Sequence
from functools import cache
from typing import Final

from PIL import Image, ImageFilter

from media.images import icc_profiles

type Matrix = list[list[float]]
type Chromaticities = tuple[float, float, float, float, float, float, float, float]

_D65 = (0.3127, 0.3290)
SRGB: Final[Chromaticities] = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, *_D65)
# By code point: x and y of red, green, blue and white. Those that are missing are taken as sRGB.
_PRIMARIES: Final[dict[int, Chromaticities]] = {
    1: SRGB,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.63, 0.34, 0.31, 0.595, 0.155, 0.07, *_D65),
    7: (0.63, 0.34, 0.31, 0.595, 0.155, 0.07, *_D65),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    11: (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351),
    12: (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, *_D65),
    22: (0.63, 0.34, 0.295, 0.605, 0.155, 0.077, *_D65),
}
_GAMMAS: Final = {4: 2.2, 5: 2.8, 8: 1.0}  # all others but these are seen as sRGB's
_PQ, _HLG = 16, 18
_LUMA_2020: Final = (0.2627, 0.6780, 0.0593)
_WHITE: Final = 203  # nits, of a text
_BRIGHTEST: Final = 1000 / _WHITE
_SIDE: Final = 65  # of the table of colours
# ITU-R BT.2100, tables 4 and 5.
_PQ_M1, _PQ_M2, _PQ_C1, _PQ_C2, _PQ_C3 = 1305 / 8192, 2523 / 32, 107 / 128, 2413 / 128, 2392 / 128
_HLG_A, _HLG_B, _HLG_C = 0.17883277, 0.28466892, 0.55991073
_BRADFORD: Final = [
    [0.8951, 0.2664, -0.1614],
    [-0.7502, 1.7135, 0.0367],
    [0.0389, -0.0685, 1.0296],
]
_D50: Final = (0.9642, 1.0, 0.8249)


def is_hdr(transfer: int) -> bool:
    """Whether this curve is one of HDR."""
    return transfer in (_PQ, _HLG)


def profile(primaries: int, transfer: int) -> bytes | None:
    """The ICC profile of these colours; None if they are those of the web."""
    chromaticities, gamma = _PRIMARIES.get(primaries, SRGB), _GAMMAS.get(transfer)
    if chromaticities == SRGB and gamma is None:
        return None
    return profile_of(chromaticities, gamma)


def profile_of(chromaticities: Chromaticities, gamma: float | None) -> bytes:
    """The ICC profile of red, green, blue and white, with this gamma or the curve of sRGB."""
    columns = zip(*_to_d50(chromaticities), strict=True)
    curve = (
        _parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
        if gamma is None
        else _parametric(0, gamma)
    )
    tags = {
        b"wtpt": _xyz(_D50),
        **{name: _xyz(xyz) for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    return icc_profiles.of_screen(tags)


def _parametric(kind: int, *values: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + _fixed(values)


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(values)


def _fixed(values: Sequence[float]) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def to_sdr(image: Image.Image, primaries: int, transfer: int) -> Image.Image:
    """An RGB or RGBA picture of HDR in the colours of the web."""
    return image.filter(_table(primaries, transfer))


@cache
def _table(primaries: int, transfer: int) -> ImageFilter.Color3DLUT:
    """What each colour is shown as. Between two of 64 steps, 8 bits are exact enough."""
    import numpy as np  # slow to import, rarely needed

    source, screen = _PRIMARIES.get(primaries, _PRIMARIES[9]), _PRIMARIES[9]
    coded = np.linspace(0, 1, _SIDE)
    if transfer == _HLG:
        linear = np.where(
            coded <= 0.5, coded**2 / 3, (np.exp((coded - _HLG_C) / _HLG_A) + _HLG_B) / 12
        )
    else:
        root = coded ** (1 / _PQ_M2)
        nits = (np.maximum(root - _PQ_C1, 0) / (_PQ_C2 - _PQ_C3 * root)) ** (1 / _PQ_M1) * 10_000
        linear = nits / _WHITE
    blue, green, red = np.meshgrid(linear, linear, linear, indexing="ij")  # red changes fastest
    rgb = np.stack([red, green, blue], -1)
    rgb = rgb @ np.array(_times(_inverse(_to_xyz(screen)), _to_xyz(source))).T
    if transfer == _HLG:  # the light of the scene becomes that of a screen of 1,000 nits
        luma = np.maximum(rgb @ np.array(_LUMA_2020), 0)[..., None]
        rgb = rgb * luma**0.2 * _BRIGHTEST
    most = np.maximum(rgb.max(-1, keepdims=True), 0)
    rgb = rgb * (1 + most / _BRIGHTEST**2) / (1 + most)
    rgb = np.clip(rgb @ np.array(_times(_inverse(_to_xyz(SRGB)), _to_xyz(screen))).T, 0, 1)
    shown = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return ImageFilter.Color3DLUT(_SIDE, shown.ravel().tolist())


def _to_d50(chromaticities: Chromaticities) -> Matrix:
    to_xyz = _to_xyz(chromaticities)
    white = _applied(_BRADFORD, _applied(to_xyz, (1, 1, 1)))
    wanted = _applied(_BRADFORD, _D50)
    scale = [[wanted[i] / white[i] if i == j else 0.0 for j in range(3)] for i in range(3)]
    return _times(_times(_inverse(_BRADFORD), _times(scale, _BRADFORD)), to_xyz)


def _to_xyz(chromaticities: Chromaticities) -> Matrix:
    red, green, blue, white = (
        (x / y, 1.0, (1 - x - y) / y)
        for x, y in zip(chromaticities[::2], chromaticities[1::2], strict=True)
    )
    columns = [list(row) for row in zip(red, green, blue, strict=True)]
    shares = _applied(_inverse(columns), white)
    return [[value * share for value, share in zip(row, shares, strict=True)] for row in columns]


def _applied(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _times(one: Matrix, other: Matrix) -> Matrix:
    columns = list(zip(*other, strict=True))
    return [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in one
    ]


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    by = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return [
        [(e * i - f * h) / by, (c * h - b * i) / by, (b * f - c * e) / by],
        [(f * g - d * i) / by, (a * i - c * g) / by, (c * d - a * f) / by],
        [(d * h - e * g) / by, (b * g - a * h) / by, (a * e - b * d) / by],
    ]
