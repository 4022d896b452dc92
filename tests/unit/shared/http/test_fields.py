"""Fields on both sides of each bound."""

from typing import Annotated, Any, ClassVar

import pytest
from pydantic import AliasChoices, Field

from shared import clock
from shared.errors import InvalidInput
from shared.http.fields import (
    Body,
    Code,
    DateOfBirth,
    Email,
    GivenPassword,
    Name,
    Password,
    Ulid,
    Username,
    text,
)
from shared.http.requests import validated
from shared.usernames import RESERVED_USERNAMES, username_problem


class Form(Body):
    """A body with a field of each type."""

    clears: ClassVar[frozenset[str]] = frozenset({"bio"})

    name: Name | None = None
    username: Username | None = None
    email: Email | None = None
    password: Password | None = None
    given_password: GivenPassword | None = None
    code: Code | None = None
    id: Ulid | None = None
    born: DateOfBirth | None = None
    caption: Annotated[str, text(2, 5)] | None = Field(
        None, validation_alias=AliasChoices("caption", "content")
    )
    bio: Annotated[str, text(0, 5)] | None = ""


def accepted(field: str, value: Any) -> Any:
    return getattr(validated(Form, {field: value}), field)


def problem(field: str, value: Any) -> str:
    with pytest.raises(InvalidInput) as raised:
        validated(Form, {field: value})
    (detail,) = raised.value.details
    assert detail["field"] == field
    return detail["error"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a" * 5),
        ("name", "a" * 64),
        ("name", "名" * 64),
        ("name", "👩‍👩‍👧" * 12),  # five characters each, as Unicode counts them
        ("username", "abc"),
        ("username", "a" * 30),
        ("username", "Yuki_O_99"),
        ("username", "01ARYZ6S41TSV4RRFFQ69G5FA"),  # one short of an id
        ("email", f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.com"),
        ("password", "Aa1!aaaa"),
        ("password", "Aa1!" + "x" * 124),
        ("password", "Aa1 aaaa"),  # a space is special enough
        ("password", "Ää1!ääää"),
        ("given_password", "x"),
        ("given_password", "x" * 128),
        ("code", "000000"),
        ("id", "01ARYZ6S41TSV4RRFFQ69G5FAV"),
        ("caption", "ab"),
        ("caption", "a" * 5),
        ("bio", ""),
    ],
)
def test_a_value_within_its_bounds_is_kept(field: str, value: str) -> None:
    assert accepted(field, value) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a" * 4),
        ("name", "a" * 65),
        ("name", "  a b  "),  # three characters, once trimmed
        ("name", 12345),
        ("name", ["a" * 5]),
        ("name", "abcde\ud83d"),  # half of a surrogate pair
        ("username", "ab"),
        ("username", "a" * 31),
        ("username", "yuki.o"),
        ("username", "yuki o"),
        ("username", "yukі_o"),  # a Cyrillic і
        ("username", "ｙｕｋｉ"),  # full width
        ("username", "yuki_o\n1"),
        ("username", "01ARYZ6S41TSV4RRFFQ69G5FAV"),
        ("username", "01aryz6s41tsv4rrffq69g5fav"),
        ("username", "Admin"),
        ("username", "ME"),
        ("email", "a" * 243 + "@example.com"),
        ("email", "yuki"),
        ("email", "a@b@example.com"),
        ("email", "a b@example.com"),
        ("email", "a@example.com\nBcc: b@example.com"),
        ("email", "a@localhost"),
        ("email", "jürgen@example.com"),
        ("password", "Aa1!aaa"),
        ("password", "Aa1!" + "x" * 125),
        ("password", "aa1!aaaa"),
        ("password", "AA1!AAAA"),
        ("password", "Aaa!aaaa"),
        ("password", "Aa11aaaa"),
        ("given_password", ""),
        ("given_password", "x" * 129),
        ("code", "12345"),
        ("code", "1234567"),
        ("code", "12a456"),
        ("code", 123456),
        ("id", "01aryz6s41tsv4rrffq69g5fav"),
        ("id", "me"),
        ("caption", "a" * 6),
        ("bio", "a" * 6),
    ],
)
def test_a_value_outside_its_bounds_is_refused(field: str, value: Any) -> None:
    assert problem(field, value)


@pytest.mark.parametrize("field", ["name", "email", "username", "caption"])
def test_text_is_trimmed_before_it_is_counted(field: str) -> None:
    value = {"email": "yuki@example.com", "caption": "abcde"}.get(field, "yuki_o")
    assert accepted(field, f" \t{value}\u3000\n") == value


def test_text_is_normalised_to_nfc_before_it_is_counted() -> None:
    assert accepted("caption", "e\u0301" * 5) == "é" * 5


def test_a_password_is_the_same_in_either_normal_form_and_keeps_its_spaces() -> None:
    assert accepted("password", "  Aa1!e\u0301e\u0301") == "  Aa1!éé"


def test_an_address_is_lower_case_and_its_domain_ascii() -> None:
    assert accepted("email", "Yuki.O@Exämple.COM") == "yuki.o@xn--exmple-cua.com"


@pytest.mark.parametrize("name", sorted(RESERVED_USERNAMES))
def test_no_reserved_word_is_a_username_in_any_case(name: str) -> None:
    assert username_problem(name) is not None
    assert username_problem(name.title()) is not None


@pytest.mark.parametrize("name", ["me", "users", "suggestions", "blocked", "here", "hoshi"])
def test_the_words_that_routes_and_mentions_use_are_reserved(name: str) -> None:
    assert name in RESERVED_USERNAMES


@pytest.mark.parametrize("born", ["2013-01-05", "1895-01-06", "1896-02-29"])
def test_people_of_13_to_130_years_are_accepted(noon: float, born: str) -> None:
    assert accepted("born", born).isoformat() == born


@pytest.mark.parametrize(
    "born",
    [
        "2013-01-06",  # 13 tomorrow
        "1894-12-31",
        "2030-01-01",
        "2001-02-29",
        "2000-1-1",
        "20000101",
        "2000-01-01T00:00:00",
        946684800,
        "946684800",
        True,
    ],
)
def test_other_dates_of_birth_are_refused(noon: float, born: Any) -> None:
    assert problem("born", born)


def test_a_birthday_of_29_february_is_passed_on_1_march() -> None:
    before, after = (clock.seconds(f"{day}T12:00:00Z") for day in ("2021-02-28", "2021-03-01"))
    with clock.stop_at(before):
        assert problem("born", "2008-02-29") == "You must be 13 or older."
    with clock.stop_at(after):
        assert accepted("born", "2008-02-29")


def test_null_means_absent_unless_the_body_clears_the_field() -> None:
    form = validated(Form, {"name": None, "caption": None, "content": "abc", "bio": None})
    assert form.name is None
    assert "name" not in form.model_fields_set
    assert form.caption == "abc"
    assert form.bio is None
    assert "bio" in form.model_fields_set


@pytest.mark.parametrize(
    "name",
    ["Zoë Müller", "👨‍👩‍👧 family", "علی‌رضا", "李小龙李小", "-----", "\u200eAnna "],
    ids=ascii,
)
def test_names_of_all_scripts(name: str) -> None:
    assert accepted("name", name) == name.strip()


@pytest.mark.parametrize(
    "name",
    ["\u200b" * 5, "\u2060\ufeff\u200d  \u200d", "Anna\nis online", "Anna\x00b", "Anna\u202ebmud",
     "Anna\u2067b", "Anna\u2028b", "Anna\x7fb", "Anna\x9bb"],
    ids=ascii,
)  # fmt: skip
def test_invisible_and_direction_changing_characters_are_refused(name: str) -> None:
    assert problem("name", name) == "A name must be one line of visible characters."


def test_of_two_names_of_a_field_the_first_counts() -> None:
    assert validated(Form, {"content": "second", "caption": "first"}).caption == "first"
    assert validated(Form, {"content": "alias"}).caption == "alias"


def test_unknown_fields_are_ignored() -> None:
    assert not hasattr(validated(Form, {"is_admin": True}), "is_admin")


def test_every_broken_field_is_named_without_its_value() -> None:
    with pytest.raises(InvalidInput) as raised:
        validated(Form, {"password": "hunter2", "email": "who@where", "caption": "far too long"})
    assert {detail["field"] for detail in raised.value.details} == {"password", "email", "caption"}
    body = str(raised.value.body("r"))
    assert "hunter2" not in body
    assert "who@where" not in body
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def test_our_own_sentences_have_no_prefix() -> None:
    assert problem("username", "admin") == "This username is reserved."
    assert problem("code", "1") == "A code has six digits."


@pytest.mark.parametrize(
    "typed",
    [
        "123456",
        " 123 456 ",
        "123-456",
        "12 34 56",
        "123\u00a0456",
        "123\u2013456",
        "123.456",
        "１２３４５６",
        "١٢٣٤٥٦",
        "۱۲۳۴۵۶",
        "१२३४५६",
        "\u200e123456\u200f",
        "\u202a123456\u202c",
        "\ufeff123456",
        "123\u2060456",
        "\u2068123\u202f456\u2069\n",
        "1\u200b2\u200b3\u200b4\u200b5\u200b6",
    ],
    ids=ascii,
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert accepted("code", typed) == "123456"


@pytest.mark.parametrize(
    "typed",
    [
        "12345",
        "1234567",
        "12345a",
        "12345²",
        "①②③④⑤⑥",
        "१२३४५",
        "",
        "\u200e",
        "123456" + " " * 60,
        123456,
        None,
        "123456#",
        "12345\ud800",
    ],
    ids=ascii,
)
def test_a_code_that_is_not_six_digits(typed: Any) -> None:
    if typed is None:
        assert accepted("code", typed) is None
    else:
        problem("code", typed)


@pytest.mark.parametrize("length", [64, 65])
def test_the_local_part_of_an_address_has_at_most_64_characters(length: int) -> None:
    address = f"{'a' * length}@example.com"
    if length == 64:
        assert accepted("email", address) == address
    else:
        assert problem("email", address) == "This is not a valid e-mail address."


INVISIBLE = [
    "\u3164",
    "\u2800",
    "\u200b",
    "\u00ad",
    "\x00",
    " \u2060 ",
    "\u200f",
    "\ufe0f",
    "\uffa0\u115f",
]


@pytest.mark.parametrize("invisible", INVISIBLE, ids=ascii)
def test_a_text_in_which_nothing_is_seen_is_empty(invisible: str) -> None:
    assert accepted("bio", invisible) == ""
    problem("caption", invisible * 2)
    problem("name", invisible * 5)
    assert accepted("bio", f"{invisible}a".strip()) == f"{invisible}a".strip()
