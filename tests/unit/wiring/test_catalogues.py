"""The catalogues of translations: each has every sentence that the code has, and no other."""

import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from jinja2.ext import babel_extract

from infra.generated import FUNCTIONS
from infra.translations import compiled
from notifications.types import TYPES
from shared.translations import FOLDER, LANGUAGES

# As `emails/templates.py` sets its environment up.
JINJA = {"trimmed": "true", "newstyle_gettext": "true", "trim_blocks": "true"}
TRANSLATED = [each for each in LANGUAGES if each != "en"]


def sentences_of(file: Path, method: Any, options: dict[str, str]) -> Iterator[str]:
    """The sentences that a file has translated; of those with a plural, the singular."""
    with file.open("rb") as source:
        for _, sentence, _, _ in extract(method, source, options=options):
            yield sentence if isinstance(sentence, str) else sentence[0]


def sentences() -> set[str]:
    """Every sentence that the code has translated."""
    found = {each.sentence for each in TYPES.values()}
    for file in FUNCTIONS.rglob("*.py"):
        found.update(sentences_of(file, "python", {}))
    for file in (FUNCTIONS / "emails" / "mails").iterdir():
        found.update(sentences_of(file, babel_extract, JINJA))
    return found


def catalogue(language: str) -> dict[str, str]:
    """The translations of a language; of those with a plural, the form for many."""
    with (FOLDER / language / "LC_MESSAGES" / "hoshi.mo").open("rb") as file:
        found: dict[Any, str] = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key[0] if isinstance(key, tuple) else key: text for key, text in found.items() if key}


def places(sentence: str) -> set[str]:
    return set(re.findall(r"\{\w+\}|%\(\w+\)s", sentence))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_and_no_other(language: str) -> None:
    found, expected = set(catalogue(language)), sentences()
    assert len(expected) > 80, "the sentences of mails and of Python are found"
    assert found == expected


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_sentence(language: str) -> None:
    for sentence, text in catalogue(language).items():
        assert places(text) == places(sentence)
        assert text.strip() == text != ""


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_no_copy_and_has_no_markup(language: str) -> None:
    for sentence, text in catalogue(language).items():
        assert text != sentence or sentence == "{actor}"
        assert not set(text) & set("<>&"), "a translation is not escaped"


def test_there_is_a_catalogue_for_each_language_but_english() -> None:
    assert {file.parts[-3] for file, _ in compiled()} == set(TRANSLATED)


def test_compiled_catalogues_are_fresh() -> None:
    stale = [file for file, content in compiled() if file.read_bytes() != content]
    assert not stale, f"run `make translations` and commit {stale}"
