"""Every sentence of a notification has its words in every language, and falls back to English."""

from gettext import GNUTranslations
from typing import Any

import pytest

from notifications.types import TYPES, message
from shared.translations import FOLDER, LANGUAGES, preferred, translations

FRAME = {"Somebody", "{actor}"}
PLURALS = {"{actor} and {others} other"}
TRANSLATED = [each for each in LANGUAGES if each != "en"]


def catalogue(language: str) -> dict[Any, str]:
    """The sentences of a language by their keys; those with a plural are `(key, form)`."""
    with (FOLDER / language / "LC_MESSAGES" / "hoshi.mo").open("rb") as file:
        found: dict[Any, str] = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in found.items() if key}


def keys(language: str) -> set[str]:
    return {key[0] if isinstance(key, tuple) else key for key in catalogue(language)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_with_its_places(language: str) -> None:
    sentences = {each.sentence for each in TYPES.values()} | FRAME | PLURALS
    assert sentences <= keys(language)
    for key, text in catalogue(language).items():
        source = key[0] if isinstance(key, tuple) else key
        places = {place for place in ("{actor}", "{others}") if place in source}
        assert {place for place in ("{actor}", "{others}") if place in text} == places


def test_all_languages_have_the_same_keys() -> None:
    assert len({frozenset(keys(language)) for language in TRANSLATED}) == 1


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("ja", "ja"),
        ("JA-jp", "ja"),
        ("fr, id;q=0.4, en;q=0.3", "id"),
        ("en;q=0.4, ja;q=0.5", "ja"),
        ("ja;q=0, id;q=0.001", "id"),
        ("ja;q=0", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("ja;q=high", "en"),
        ("ja;q=2", "en"),
        ("../../etc/passwd", "en"),
        (", ,;;ja-,\x00", "en"),
        ("x" * 100_000 + ",ja", "en"),
    ],
)
def test_the_language_is_the_one_preferred_among_ours(header: str, language: str) -> None:
    assert preferred(header) == language


def test_a_sentence_without_a_translation_is_english() -> None:
    assert (
        translations("ja").gettext("Nobody has translated this.") == "Nobody has translated this."
    )


def test_sentences_name_the_actor_or_the_actors() -> None:
    assert message("post.liked", "ann", "ja") == "annさんがあなたの投稿に「いいね！」しました"
    assert message("post.liked", "ann", "ja", others=12).startswith("annさんと他12人が")
    assert message("post.liked", "ann", "id") == "ann menyukai postingan Anda"
    assert message("post.liked", "ann", others=1) == "ann and 1 other liked your post"
    assert message("post.liked", None) == "Somebody liked your post"
    assert message("export.ready", None, "id") == "Data Anda siap diunduh."


def test_a_name_with_places_is_a_name() -> None:
    assert message("post.liked", "{others}", others=2) == "{others} and 2 others liked your post"
