import itertools
import json
from typing import Any
from urllib.parse import quote

import pytest

from auth.check_username import app
from auth.username_suggestions import usernames_for
from shared.clock import stop_at
from shared.ids import new_id
from shared.usernames import username_problem
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Newcomer


def check(text: str) -> dict[str, Any]:
    event = load_event("auth", "check_username")
    event["pathParameters"] = {"user": text}
    answer = app(event, LambdaContext())
    assert answer["statusCode"] == 200
    given: dict[str, Any] = json.loads(answer["body"])
    assert given["available"] is (given["reason"] is None)
    assert given["exists"] is (given["reason"] == "taken")
    return given


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("text", "username", "reason"),
    [
        ("ada", "ada", None),
        ("%61da", "ada", None),
        (" Ada_1 ", "Ada_1", None),
        ("a" * 30, "a" * 30, None),
        ("a" * 31, "a" * 31, "invalid"),
        ("ab", "ab", "invalid"),
        ("a-b-c", "a-b-c", "invalid"),
        ("аda", "аda", "invalid"),  # its first letter is Cyrillic
        (quote("ä ö/ü"), "ä ö/ü", "invalid"),
        ("%ff", "\ufffd", "invalid"),
        ("%", "%", "invalid"),
        ("😀" * 3000, "😀" * 3000, "invalid"),
        ("me", "me", "invalid"),
        ("Moderator", "Moderator", "reserved"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_any_text_is_answered(text: str, username: str, reason: str | None) -> None:
    given = check(text)
    assert (given["username"], given["reason"]) == (username, reason)


@pytest.mark.usefixtures("aws")
def test_a_name_like_an_id_is_invalid() -> None:
    assert check(new_id().lower())["reason"] == "invalid"


def test_a_name_is_taken_in_any_case(newcomer: Newcomer) -> None:
    newcomer.enter()
    assert check(newcomer.username.title())["reason"] == "taken"


def test_a_name_is_free_again_when_its_unverified_account_expires(
    newcomer: Newcomer, noon: float
) -> None:
    newcomer.register()
    assert check(newcomer.username)["reason"] == "taken"
    with stop_at(noon + 24 * 3600):
        assert check(newcomer.username)["available"]


def test_what_cannot_be_a_name_is_not_looked_up(aws: MemoryAws) -> None:
    check("ada")
    reads = aws.calls.count("dynamodb.GetItem")
    check("a-d-a")
    assert aws.calls.count("dynamodb.GetItem") == reads


@pytest.mark.parametrize(
    ("name", "email", "first"),
    [
        ("Ada Byron", "x@example.com", "ada_byron"),
        ("Zoë  Müller!", "x@example.com", "zoe_muller"),
        ("李", "li.wei@example.com", "li_wei"),
        ("", "Li-Wei.99@example.com", "li_wei_99"),
        ("Moderator", "x@example.com", "moderator_"),
        ("Al", "al@example.com", "person_"),
        ("", "", "person_"),
        ("x" * 40, "", "x" * 22),
    ],
)
def test_usernames_for_people_who_chose_none(name: str, email: str, first: str) -> None:
    names = list(usernames_for(name, email))
    assert names[0].startswith(first)
    assert len(names) >= 4
    for one, other in itertools.pairwise(names):
        assert one != other
    assert not [each for each in names if username_problem(each) or len(each) < 5]
