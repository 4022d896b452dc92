"""Generated photographs, pictures and clips, with all the metadata that phones add."""

import struct
import subprocess
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import piexif
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from media.video import ffmpeg

SECRET = b"51.4779N-SecretCamera"
CORNERS = ("red", "lime", "blue", "white")  # top left, top right, bottom left, bottom right


def four_corners(width: int = 320, height: int = 240, mode: str = "RGB") -> Image.Image:
    """A picture that shows which way it is turned."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for number, colour in enumerate(CORNERS):
        left, top = number % 2 * (width // 2), number // 2 * (height // 2)
        draw.rectangle((left, top, left + width, top + height), fill=colour)
    return image.convert(mode)


def corners(path: Path) -> list[str]:
    """The nearest of the four colours in each corner of a file."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    right, bottom = image.width - 1, image.height - 1
    inset = max(1, min(right, bottom) // 8)
    spots = [
        (inset, inset),
        (right - inset, inset),
        (inset, bottom - inset),
        (right - inset, bottom - inset),
    ]
    return [_named(image.getpixel(spot)) for spot in spots]


def _named(pixel: Any) -> str:
    names = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255,) * 3}
    return min(
        names, key=lambda name: sum((a - b) ** 2 for a, b in zip(names[name], pixel, strict=True))
    )


def exif(orientation: int = 1) -> bytes:
    """EXIF as a phone writes it: camera, place, thumbnail."""
    thumbnail = BytesIO()
    Image.new("RGB", (16, 12), "grey").save(thumbnail, "JPEG", comment=SECRET)
    return bytes(
        piexif.dump(
            {
                "0th": {
                    piexif.ImageIFD.Make: SECRET,
                    piexif.ImageIFD.Orientation: orientation,
                },
                "GPS": {
                    piexif.GPSIFD.GPSLatitudeRef: b"N",
                    piexif.GPSIFD.GPSLatitude: ((51, 1), (28, 1), (40, 1)),
                },
                "1st": {piexif.ImageIFD.Compression: 6},
                "thumbnail": thumbnail.getvalue(),
            }
        )
    )


def saved(image: Image.Image, path: Path, kind: str, **settings: Any) -> Path:
    image.save(path, kind, **settings)
    return path


def photo(path: Path, orientation: int = 1, size: tuple[int, int] = (320, 240)) -> Path:
    """A JPEG full of metadata, with a clip appended as motion photos have it."""
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
    saved(
        four_corners(*size),
        path,
        "JPEG",
        quality=90,
        exif=exif(orientation),
        comment=SECRET,
        xmp=xmp,
    )
    data = path.read_bytes()
    iptc = b"Photoshop 3.0\0" + SECRET
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    path.write_bytes(data[:2] + segment + data[2:] + b"\0\0\0\x18ftypmp42" + SECRET)
    return path


def png(path: Path, image: Image.Image, orientation: int = 1) -> Path:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    saved(image, path, "PNG", pnginfo=text, exif=exif(orientation))
    path.write_bytes(path.read_bytes() + SECRET)
    return path


_RED, _GREEN, _BLUE = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
_P3 = (0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)


def swapped_profile() -> bytes:
    """An ICC profile in which what is called red is sRGB's green, and the reverse."""
    return rgb_profile(primaries=(_GREEN, _RED, _BLUE))


def wide_profile() -> bytes:
    """Display P3, in which phones and newer screens store their colours."""
    return rgb_profile(primaries=_P3)


def rgb_profile(
    more: dict[bytes, bytes] | None = None,
    primaries: Sequence[Sequence[float]] = (_RED, _GREEN, _BLUE),
) -> bytes:
    """An ICC profile of these primaries and gamma 2.2, with a secret in its texts."""

    def xyz(values: Sequence[float]) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    tags = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(xyz, primaries), strict=True))
    curve = b"curv\0\0\0\0\0\0\0\x01\x02\x33\0\0"
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return icc_profile(b"RGB ", b"XYZ ", tags | (more or {}))


def print_profile() -> bytes:
    """An ICC profile of a printer that lays no ink but black: what is not black is white."""
    corner = {True: (0, 128, 128), False: (255, 128, 128)}  # Lab of 8 bits
    grid = b"".join(bytes(corner[bool(at & 1)]) for at in range(16))  # black changes fastest
    ramps = bytes(range(256))
    identity = struct.pack(">9i", *(65536 * (at % 4 == 0) for at in range(9)))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + ramps * 4 + grid + ramps * 3
    return icc_profile(b"CMYK", b"Lab ", {b"A2B0": table})


def icc_profile(space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """An ICC profile of version 2 with these tags, and a secret in its texts."""
    white = struct.pack(">3i", *(round(value * 65536) for value in (0.9642, 1.0, 0.8249)))
    text = SECRET + b"\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + b"\0" * 78,
        b"cprt": b"text\0\0\0\0" + text,
        b"wtpt": b"XYZ \0\0\0\0" + white,
        **tags,
    }
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        table += name + struct.pack(">II", start + len(body), len(tag))
        body += tag + b"\0" * (-len(tag) % 4)
    size = start + len(body)
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02100000, kind, space, connection)
    head += b"\0" * 12 + b"acsp" + b"\0" * 28 + white
    profile = head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
    ImageCms.ImageCmsProfile(BytesIO(profile))
    return profile


def clip(path: Path, *arguments: str) -> Path:
    """Run ffmpeg with these arguments to make `path`."""
    subprocess.run(
        [ffmpeg.binary(), "-nostdin", "-v", "error", "-y", *arguments, str(path)],
        check=True,
        timeout=60,
    )
    return path


def picture(size: str = "320x180", seconds: float = 1.5, rate: int = 25) -> list[str]:
    """A moving test picture."""
    return ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}"]


def sound(seconds: float = 1.5) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=d={seconds}"]


H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def facts(path: Path) -> dict[str, str]:
    """ffmpeg's machine-readable header of a file: `codec_id 0`, `dimensions 0` …"""
    lines = subprocess.run(
        [ffmpeg.binary(), "-v", "error", "-i", path, "-c", "copy", "-f", "framecrc", "-"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout.splitlines()
    return dict(line[1:].split(": ", 1) for line in lines if line.startswith("#") and ": " in line)


def described(path: Path) -> str:
    """What ffmpeg prints for people about a file."""
    return subprocess.run(
        [ffmpeg.binary(), "-hide_banner", "-i", path],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    ).stderr


def atoms(path: Path) -> list[str]:
    """The top-level boxes of an MP4."""
    data, at, names = path.read_bytes(), 0, []
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if size == 1:  # it follows the name, in 64 bits
            (size,) = struct.unpack_from(">Q", data, at + 8)
        names.append(name.decode())
        at += size
    return names
