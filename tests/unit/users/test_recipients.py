"""Whom a mail goes to, and in which language."""

import pytest

from tests.support.people import Join
from users.public import export_of, language_changes, recipient


def test_an_account_without_a_language_is_mailed_in_english(join: Join) -> None:
    yuki = join("yuki")
    english = {"to": "yuki@example.com", "language": "en", "username": "yuki"}
    assert recipient(yuki) == english
    assert recipient(yuki, "fr") == english


def test_the_language_of_a_request_goes_first(join: Join) -> None:
    yuki = join("yuki", language="ja")
    assert recipient(yuki)["language"] == "ja"
    assert recipient(yuki, "id, ja;q=0.5")["language"] == "id"
    assert recipient(yuki, "fr")["language"] == "ja"


def test_nobody_has_no_address() -> None:
    assert recipient(None, "ja") == {"to": None, "language": "ja", "username": ""}


@pytest.mark.parametrize(
    ("stored", "header", "changes"),
    [
        (None, "en", 0),
        (None, "ja", 1),
        ("ja", "ja", 0),
        ("ja", "", 0),
        ("ja", "fr", 0),
        ("ja", "en", 1),
    ],
)
def test_a_log_in_writes_a_language_only_if_it_differs(
    join: Join, stored: str | None, header: str, changes: int
) -> None:
    assert len(language_changes(join("yuki", language=stored), header)) == changes


def test_the_language_is_in_the_export(join: Join) -> None:
    [account] = [each for each in export_of(join("yuki", language="ja")) if each.name == "account"]
    assert isinstance(account.content, dict)
    assert account.content["notifications"]["language"] == "ja"
