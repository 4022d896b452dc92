"""The words that CONTRIBUTING.md retires are in no code, test or document."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.generated import ROOT

GLOSSARY = ROOT / "CONTRIBUTING.md"
_FOLDERS = (".github", "docs", "functions", "infra", "layers", "tests")
_FILES = ("README.md", "Makefile", "pyproject.toml", "template.yaml")
_SUFFIXES = {"", ".html", ".md", ".py", ".sh", ".toml", ".yaml", ".yml"}
# Names that stored data keeps (D-098), and words of another meaning.
ALLOWED = {
    ("docs/decisions/data.md", "era"),
    ("docs/decisions/data.md", "spared"),
    ("functions/notifications/models.py", "era"),
    ("functions/shared/access/rate_limits.py", "spared"),
    ("functions/shared/access/revocation.py", "spared"),
    ("functions/shared/access/sessions.py", "spared"),
    ("functions/shared/messaging/streams.py", "tell"),
    ("pyproject.toml", "era"),
    ("tests/integration/media/test_hls.py", "hears"),
    ("tests/unit/notifications/test_read_epochs.py", "era"),
}


def retired() -> list[str]:
    """The words of the glossary's first column."""
    table = GLOSSARY.read_text().partition("### Glossary")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]


def sources() -> Iterator[Path]:
    """Everything that people wrote, but for this test and the glossary itself."""
    yield from (ROOT / name for name in _FILES)
    for folder in _FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and file.suffix in _SUFFIXES and file != Path(__file__):
                yield file


def test_the_glossary_retires_words() -> None:
    assert {"tell", "era", "in step"} <= set(retired())


def test_retired_words_are_not_used() -> None:
    words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in retired())
    # Also inside names: `tell_once`.
    pattern = re.compile(rf"(?<![A-Za-z])({words})(?![A-Za-z])", re.IGNORECASE)
    found = []
    for file in sources():
        name, text = str(file.relative_to(ROOT)), file.read_text()
        for match in pattern.finditer(text):
            if (name, match[1].lower()) not in ALLOWED:
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{name}:{line}: {match[1]}")
    if found:
        pytest.fail(f"CONTRIBUTING.md retires these words:\n{chr(10).join(found)}", pytrace=False)
