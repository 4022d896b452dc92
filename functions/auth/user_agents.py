"""Device names as people know them, from the User-Agent header."""

import re

_LONGEST = 100
# The first match names it: a browser's User-Agent also contains names that come later here.
_PROGRAMS = (
    ("Edge", r"\bEdg(e|A|iOS)?/"),
    ("Opera", r"\b(OPR|Opera)/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(Firefox|FxiOS)/"),
    ("Chrome", r"\b(Chrome|CriOS)/"),
    ("Safari", r"\bVersion/.*\bSafari/"),
)
_SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("macOS", r"\bMac OS X\b|\bMacintosh\b"),
    ("Linux", r"\bLinux\b"),
)


def device_name(user_agent: str) -> str:
    """A name such as `Firefox on Windows`, or the program's own for others (`curl 8.5.0`)."""
    text = "".join(character for character in user_agent[:1000] if character.isprintable()).strip()
    if not text:
        return "Unknown device"
    program, system = _first(_PROGRAMS, text), _first(_SYSTEMS, text)
    if program is None:
        program = text.split()[0].replace("/", " ")
    return (f"{program} on {system}" if system else program)[:_LONGEST]


def _first(names: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for name, pattern in names if re.search(pattern, text)), None)
