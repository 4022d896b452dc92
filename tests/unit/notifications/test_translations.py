"""The sentences of notifications: in the language that is preferred, with the names of actors."""

import pytest

from notifications.types import message
from shared.translations import preferred, translations


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


@pytest.mark.parametrize("header", ["", "fr", "*", "ja;q=0"])
def test_a_header_without_a_language_of_ours_leaves_the_choice(header: str) -> None:
    assert preferred(header, "id") == "id"
    assert preferred("en", "id") == "en"


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
