"""The field types of bodies and queries (docs/api.md sections 1 and 7).

Text is trimmed and normalised to NFC before its Unicode characters are counted. `null` means
absent, except in the fields that a body lists in `clears`. Unknown fields are ignored.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from annotated_types import GroupedMetadata
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared import clock, ids
from shared.characters import is_visible, without_ignorable
from shared.http.texts import normalized, trimmed
from shared.usernames import username_problem

_CODE = re.compile(r"[0-9]{6}")
_LONGEST_CODE = 64  # characters, with separators
_SEPARATORS = re.compile(r"[\s.,:/_·・•\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Line breaks, control characters, and marks that change the direction of the text after them.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_NAME_PROBLEM = "A name must be one line of visible characters."
_MINIMUM_AGE = 13
_MAXIMUM_AGE = 130


@dataclass(frozen=True)
class text(GroupedMetadata):  # noqa: N801  # used in annotations, like a function
    """A string of `minimum` to `maximum` characters: `caption: Annotated[str, text(0, 2200)]`. One
    in which nothing is seen is empty."""

    minimum: int
    maximum: int

    def __iter__(self) -> Iterator[Any]:
        yield Field(min_length=self.minimum, max_length=self.maximum)
        yield BeforeValidator(trimmed)


def _name(value: str) -> str:
    if _UNSAFE.search(value):
        raise ValueError(_NAME_PROBLEM)
    return value


def _seen(value: Any) -> Any:
    if isinstance(value, str) and value.strip() and not is_visible(value):
        raise ValueError(_NAME_PROBLEM)
    return value


def _username(value: str) -> str:
    problem = username_problem(value)
    if problem == "reserved":
        raise ValueError("This username is reserved.")
    if problem:
        raise ValueError("Use 3 to 30 letters, digits and underscores, and not the form of an id.")
    return value


def _email(value: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        # No DNS look-ups: the code in the mail proves that mail arrives. The mail service accepts
        # only ASCII, so a domain is stored in its ASCII form.
        valid = validate_email(value, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise ValueError("This is not a valid e-mail address.") from error
    return (valid.ascii_email or valid.normalized).lower()


def _login(value: str) -> str:
    # E-mail addresses are stored in ASCII, but people may write the domain in their own script.
    if "@" not in value or value.isascii():
        return value
    try:
        return _email(value)
    except ValueError:
        return value  # no account has this


def _password(value: str) -> str:
    kinds = (str.isupper, str.islower, str.isdigit, lambda character: not character.isalnum())
    if not all(any(kind(character) for character in value) for kind in kinds):
        raise ValueError("Use upper case, lower case, a digit and a special character.")
    return value


def _digits(value: Any) -> Any:
    """The digits of a code as people type or paste it: in groups, in digits of any script, among
    marks that are not seen."""
    if not isinstance(value, str) or len(value) > _LONGEST_CODE:
        return value
    characters = _SEPARATORS.sub("", without_ignorable(value))
    return "".join(str(unicodedata.decimal(each, each)) for each in characters)


def _code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise ValueError("A code has six digits.")
    return value


def _ulid(value: str) -> str:
    if not ids.is_id(value):
        raise ValueError("This is not a valid id.")
    return value


def _date_text(value: Any) -> Any:
    # pydantic would also accept a number, or a date with a time.
    if not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
        raise ValueError("Write the date as YYYY-MM-DD.")
    return value.strip()


def _old_enough(value: date) -> date:
    today = date.fromisoformat(clock.timestamp()[:10])
    birthday_passed = (today.month, today.day) >= (value.month, value.day)
    age = today.year - value.year - (0 if birthday_passed else 1)
    if not _MINIMUM_AGE <= age <= _MAXIMUM_AGE:
        raise ValueError(f"You must be {_MINIMUM_AGE} or older.")
    return value


type Name = Annotated[str, text(5, 64), AfterValidator(_name), BeforeValidator(_seen)]
type GroupName = Annotated[str, text(1, 100), AfterValidator(_name), BeforeValidator(_seen)]
type HighlightTitle = Annotated[str, text(1, 50), AfterValidator(_name), BeforeValidator(_seen)]
type Emoji = Annotated[str, text(1, 16), AfterValidator(_name), BeforeValidator(_seen)]
type Username = Annotated[str, BeforeValidator(trimmed), AfterValidator(_username)]
type Email = Annotated[str, text(1, 254), AfterValidator(_email)]
# A username or an e-mail address.
type LoginName = Annotated[str, text(3, 254), AfterValidator(_login)]
# A password is not trimmed: a space at its end is part of it.
type Password = Annotated[
    str,
    Field(min_length=8, max_length=128),
    BeforeValidator(normalized),
    AfterValidator(_password),
]
type GivenPassword = Annotated[
    str, Field(min_length=1, max_length=128), BeforeValidator(normalized)
]
type Code = Annotated[str, AfterValidator(_code), BeforeValidator(_digits)]
type Ulid = Annotated[str, BeforeValidator(trimmed), AfterValidator(_ulid)]
type DateOfBirth = Annotated[date, BeforeValidator(_date_text), AfterValidator(_old_enough)]


class Body(BaseModel):
    """Base of every body: ignores unknown fields, drops nulls, accepts each field's aliases."""

    # Built by the `Declaration` that uses it: a module may hold bodies of other Lambdas, too.
    model_config = ConfigDict(extra="ignore", populate_by_name=True, frozen=True, defer_build=True)

    clears: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {
            name: value for name, value in values.items() if value is not None or name in cls.clears
        }
