"""The colours of a video: what they are taken for, and the filters that make them those of the web.

Every rung is 4:2:0 of limited range with the matrix of BT.709, and says so: a player that guesses
by the size of the picture would show each rung in other colours. What a video does not say is
assumed as players do: BT.709 from HD on, BT.601 below. Primaries and curves that all screens show
much alike stay, named; wider ones are converted, and HDR is tone-mapped.
"""

import re
from dataclasses import dataclass
from typing import Final

_NAMED: Final = re.compile(
    r"Parsed_showinfo.* color_range:(\S+) color_space:(\S+) color_primaries:(\S+) color_trc:(\S+)"
)
_HD: Final = 1280, 576  # from this width on, or above this height
_MATRICES: Final = {
    **{name: name for name in ("bt709", "fcc", "smpte240m")},
    **dict.fromkeys(("bt470bg", "smpte170m"), "smpte170m"),
    **dict.fromkeys(("bt2020nc", "bt2020c"), "bt2020"),
}
_MATRIX_OF: Final = {"bt709": "bt709", "bt2020": "bt2020"}  # by primaries
_WIDE: Final = ("bt2020", "smpte428", "smpte431", "smpte432", "film", "bt470m", "jedec-p22")
_NARROW: Final = ("bt709", "bt470bg", "smpte170m", "smpte240m")
_CURVES: Final = ("bt709", "smpte170m", "smpte240m", "iec61966-2-1", "bt470m", "bt470bg")
_HDR: Final = ("smpte2084", "arib-std-b67")
_FOR_THE_WEB: Final = (
    "setparams=range=tv:colorspace=bt709:color_primaries={primaries}:color_trc={transfer}"
)
_TO_SDR: Final = (
    # Set again, because some files name their transfer curve alone.
    "format=yuv420p10le,"
    "setparams=color_trc={transfer}:color_primaries=bt2020:colorspace=bt2020nc,"
    "zscale=t=linear:npl=100,format=gbrpf32le,"
    "zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,"
)
_TO_NARROW: Final = (
    "format=yuv420p10le,"
    "setparams=color_trc={transfer}:color_primaries={primaries}:colorspace={matrix},"
    "zscale=p=bt709:t=bt709:m=bt709:r=tv,"
)
_SPACES: Final = {"bt2020": "bt2020nc"}  # of matrices whose names differ from those of frames


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a video, by ffmpeg's names."""

    matrix: str
    is_assumed: bool  # that matrix: the video names none
    primaries: str
    transfer: str

    @property
    def hdr_transfer(self) -> str | None:
        """smpte2084 (HDR10) or arib-std-b67 (HLG), as phones record."""
        return self.transfer if self.transfer in _HDR else None

    @property
    def scaling(self) -> str:
        """Options of the first `scale`, which makes the range that of all rungs."""
        is_converted_later = self.hdr_transfer or self.primaries in _WIDE
        matrix = ("bt2020" if self.hdr_transfer else self.matrix) if is_converted_later else "bt709"
        given = self.matrix if self.is_assumed else "auto"
        if is_converted_later:
            given = matrix
        return f"in_color_matrix={given}:out_color_matrix={matrix}:out_range=tv"

    @property
    def conversion(self) -> str:
        """Filters behind the first `scale`, each with a comma."""
        if self.hdr_transfer:
            return _TO_SDR.format(transfer=self.transfer)
        if self.primaries in _WIDE:
            matrix = _SPACES.get(self.matrix, self.matrix)
            transfer = self.transfer if self.transfer in _CURVES else "bt709"
            return _TO_NARROW.format(transfer=transfer, primaries=self.primaries, matrix=matrix)
        return ""

    @property
    def names(self) -> str:
        """A filter that names the colours after the conversion."""
        is_converted = bool(self.conversion)
        primaries = "bt709" if is_converted or self.primaries not in _NARROW else self.primaries
        transfer = "bt709" if is_converted or self.transfer not in _CURVES else self.transfer
        return _FOR_THE_WEB.format(primaries=primaries, transfer=transfer)


def read(log: str, width: int, height: int) -> Colours:
    """The colours of a frame of this size that `showinfo` logged."""
    found = _NAMED.search(log)
    _, space, primaries, transfer = found.groups() if found else ("unknown",) * 4
    is_hd = width >= _HD[0] or height > _HD[1]
    by_size = "bt709" if is_hd else "smpte170m"
    matrix = _MATRICES.get(space) or _MATRIX_OF.get(primaries, by_size)
    return Colours(matrix, space not in (*_MATRICES, "gbr"), primaries, transfer)
