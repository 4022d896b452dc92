"""`make translations`: compiles the catalogues of functions/shared/locale."""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from infra.generated import FUNCTIONS, ROOT

CATALOGUES = FUNCTIONS / "shared" / "locale"


def compiled() -> Iterator[tuple[Path, bytes]]:
    """Each `.mo`, and what it has to hold."""
    for source in sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po")):
        buffer = BytesIO()
        with source.open("rb") as file:
            write_mo(buffer, read_po(file, abort_invalid=True))
        yield source.with_suffix(".mo"), buffer.getvalue()


def main() -> None:
    """Write the files; with `--check` on the command line, exit with 1 if one is stale instead."""
    for file, content in compiled():
        is_stale = not file.exists() or file.read_bytes() != content
        if is_stale and "--check" in sys.argv:
            raise SystemExit(f"{file.relative_to(ROOT)}: stale, run `make translations`")
        file.write_bytes(content)


if __name__ == "__main__":
    main()
