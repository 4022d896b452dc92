"""The documents agree with the repository: links, decision ids, and what code and tests cite."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from infra.generated import ROOT

DOCS = ROOT / "docs"
DECISIONS = DOCS / "decisions"
INDEX = DECISIONS / "README.md"
LINE_LIMIT = 120  # characters; Markdown lines are shorter, table rows excepted

# What may cite a document or a decision: sources and prose, no binaries.
_CITING = {".html", ".json", ".md", ".py", ".sh", ".toml", ".yaml", ".yml"}
_FOLDERS = (".github", "docs", "functions", "infra", "layers", "tests")
_FILES = ("README.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml", "template.yaml")

_decision_id = re.compile(r"\bD-\d{3}\b").finditer
_decision_heading = re.compile(r"^### (D-\d{3}) \S", re.MULTILINE).finditer
_index_row = re.compile(r"^\| \[(D-\d{3})\]\(([^)#]+)", re.MULTILINE).finditer
_link = re.compile(r"\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)").finditer
_code = re.compile(r"^ *(?:```|~~~).*?^ *(?:```|~~~)[^\n]*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_heading = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE).finditer

# `docs/<name>.md`, and what may follow it: `section 4`, `sections 1, 3.2 and 7`. A line may break
# anywhere in between, with the mark of a comment at its beginning.
_GAP = r"(?:[ \t]|\n[ \t]*#?)+"
_NUMBER = r"\d+(?:\.\d+)*"
_citation = re.compile(
    rf"\b(docs/[\w/-]+\.md)\b"
    rf"(?:`?,?{_GAP}sections?{_GAP}({_NUMBER}(?:(?:,{_GAP}|,?{_GAP}and{_GAP}){_NUMBER})*))?"
).finditer


@cache
def text_of(path: Path) -> str:
    """The content of a file."""
    return path.read_text(encoding="utf-8")


def markdown() -> list[Path]:
    """The documents whose links are checked."""
    roots = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
    return [*(path for path in roots if path.exists()), *sorted(DOCS.rglob("*.md"))]


def citing() -> Iterator[Path]:
    """Every file that may cite a document or a decision."""
    for name in _FILES:
        if (ROOT / name).exists():
            yield ROOT / name
    for folder in _FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in _CITING and path.is_file() and "__pycache__" not in path.parts:
                yield path


def place(path: Path, position: int) -> str:
    """`docs/events.md:12` for a position in the text of a file."""
    line = text_of(path).count("\n", 0, position) + 1
    return f"{path.relative_to(ROOT)}:{line}"


def none_of(problems: Iterable[str]) -> None:
    """Fail with one line for each problem."""
    found = list(problems)
    if found:
        pytest.fail("\n" + "\n".join(found), pytrace=False)


def without_code(text: str) -> str:
    """Blank out code, which holds no links, so that every position stays the same."""
    return _code.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), text)


@cache
def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub derives them."""
    found: set[str] = set()
    for heading in _heading(text_of(path)):
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
        anchor = re.sub(r"[^\w\- ]", "", title).replace(" ", "-")
        copies = (f"{anchor}-{number}" for number in range(1, len(found) + 1))
        found.add(next(name for name in chain([anchor], copies) if name not in found))
    return found


def broken_links(path: Path) -> Iterator[str]:
    """The relative links of a document that lead nowhere."""
    # A link's text may be code (`[`posts/pages.py`](…)`), so only the part after it is looked at.
    visible = without_code(text_of(path))
    for link in _link(visible):
        target, _, anchor = link[1].partition("#")
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        leads_to = (path.parent / target).resolve() if target else path
        if not leads_to.exists():
            yield f"{place(path, link.start())}: the link leads to no file: {target}"
        elif anchor and leads_to.suffix == ".md" and anchor not in anchors(leads_to):
            yield f"{place(path, link.start())}: {target or path.name} has no heading #{anchor}"


def test_relative_links_lead_to_files() -> None:
    none_of(chain.from_iterable(map(broken_links, markdown())))


def headings() -> list[tuple[str, Path, int]]:
    """Every decision that is recorded: its id, its file and its position there."""
    return [
        (heading[1], path, heading.start())
        for path in sorted(DECISIONS.glob("*.md"))
        for heading in _decision_heading(text_of(path))
    ]


def test_decision_ids_have_no_gaps_and_no_duplicates() -> None:
    recorded = Counter(number for number, _, _ in headings())
    assert recorded, f"{DECISIONS.relative_to(ROOT)} has no records"
    due = [f"D-{number:03d}" for number in range(1, len(recorded) + 1)]
    none_of(
        [
            *(
                f"{place(path, position)}: {number} is recorded {recorded[number]} times"
                for number, path, position in headings()
                if recorded[number] > 1
            ),
            *(f"docs/decisions: {number} is missing" for number in due if number not in recorded),
        ]
    )


def test_decision_ids_that_are_cited_exist() -> None:
    recorded = {number for number, _, _ in headings()}
    none_of(
        f"{place(path, cited.start())}: there is no decision {cited[0]}"
        for path in citing()
        for cited in _decision_id(text_of(path))
        if cited[0] not in recorded
    )


def test_index_lists_every_decision_once_under_its_file() -> None:
    rows = [(row[1], row[2], row.start()) for row in _index_row(text_of(INDEX))]
    listed = Counter(number for number, _, _ in rows)
    file_of = {number: path.name for number, path, _ in headings()}
    none_of(
        [
            *(
                f"{place(path, position)}: the index lists {number} {listed[number]} times"
                for number, path, position in headings()
                if listed[number] != 1
            ),
            *(
                f"{place(INDEX, position)}: {number} is not in {file}"
                for number, file, position in rows
                if file_of.get(number) != file
            ),
        ]
    )


def wrong_citations(path: Path) -> Iterator[str]:
    """The documents and sections that a file cites and that do not exist."""
    for cited in _citation(text_of(path)):
        document = ROOT / cited[1]
        if not document.is_file():
            yield f"{place(path, cited.start())}: there is no {cited[1]}"
            continue
        titles = [heading[1] for heading in _heading(text_of(document))]
        for section in re.findall(_NUMBER, cited[2] or ""):
            if not any(re.match(rf"{re.escape(section)}(?:[.:]?\s|$)", each) for each in titles):
                yield f"{place(path, cited.start())}: {cited[1]} has no section {section}"


def test_documents_and_sections_that_are_cited_exist() -> None:
    none_of(chain.from_iterable(map(wrong_citations, citing())))


# `posts/pages.py`, from the root, from functions/, or from the file that names it.
_file = re.compile(
    r"(?<![\w/.{}$@<>*:-])((?:[\w.-]+/)+[\w-]+\.(?:html|json|md|py|sh|toml|yaml))\b(?![\w/*])"
).finditer
_OF_OTHERS = {"pydantic/mypy.py"}


def missing_files(path: Path) -> Iterator[str]:
    """The files that code or a document names and that do not exist."""
    for named in _file(text_of(path)):
        places = (ROOT, ROOT / "functions", ROOT / "infra", path.parent)
        if named[1] not in _OF_OTHERS and not any((each / named[1]).exists() for each in places):
            yield f"{place(path, named.start())}: there is no {named[1]}"


def test_files_that_are_named_exist() -> None:
    tests = ROOT / "tests"  # which name files that they make
    none_of(
        chain.from_iterable(missing_files(each) for each in citing() if tests not in each.parents)
    )


def test_lines_of_decisions_are_short() -> None:
    none_of(
        f"{path.relative_to(ROOT)}:{number}: {len(line)} characters, {LINE_LIMIT - 1} at most"
        for path in sorted(DECISIONS.glob("*.md"))
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if len(line) >= LINE_LIMIT and not line.startswith("|")
    )
