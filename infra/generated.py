"""Files generated from the code, kept in the repository so that reviews show what changes."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
FUNCTIONS = ROOT / "functions"

# Code in functions/ imports its modules as it does in a Lambda.
if str(FUNCTIONS) not in sys.path:
    sys.path.insert(0, str(FUNCTIONS))


def update_files(texts: Mapping[Path, str], command: str) -> None:
    """Write the files; with `--check` on the command line, exit with 1 if one is stale instead."""
    stale = list(stale_files(texts))
    if stale and "--check" in sys.argv:
        raise SystemExit(f"{' and '.join(stale)}: stale, run `{command}`")
    for file, text in texts.items():
        file.write_text(text)


def stale_files(texts: Mapping[Path, str]) -> Iterator[str]:
    """The files whose content differs."""
    for file, text in texts.items():
        if not file.exists() or file.read_text() != text:
            yield str(file.relative_to(ROOT))
