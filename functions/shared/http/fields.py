"""The field types that bodies and queries are declared with (docs/api.md sections 1 and 7).

Text is trimmed and brought to NFC before its bounds count Unicode characters. `null` means absent,
but for the fields that a body lists in `clears`. Fields that a model does not know are ignored.
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
from shared.usernames import username_problem

_CODE = re.compile(r"[0-9]{6}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Line breaks and other controls, and what turns the direction of the text that follows.
_FORGING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_MINIMUM_AGE = 13
_MAXIMUM_AGE = 130


def _normal(value: Any) -> Any:
    if not isinstance(value, str) or value.isascii():
        return value
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("This holds half a character.")  # which JSON can say, but UTF-8 cannot
    return unicodedata.normalize("NFC", value)


def _tidy(value: Any) -> Any:
    value = _normal(value)
    return value.strip() if isinstance(value, str) else value


@dataclass(frozen=True)
class text(GroupedMetadata):  # noqa: N801  # read in annotations, where it is no class
    """A string of `minimum` to `maximum` characters: `caption: Annotated[str, text(0, 2200)]`."""

    minimum: int
    maximum: int

    def __iter__(self) -> Iterator[Any]:
        yield Field(min_length=self.minimum, max_length=self.maximum)
        yield BeforeValidator(_tidy)


def _name(value: str) -> str:
    # Joiners hold emoji and the letters of some scripts together, but are no name by themselves.
    if _FORGING.search(value) or not any(unicodedata.category(each)[0] in "LNPS" for each in value):
        raise ValueError("A name is one line that can be seen.")
    return value


def _username(value: str) -> str:
    problem = username_problem(value)
    if problem == "reserved":
        raise ValueError("This username is reserved.")
    if problem:
        raise ValueError("3 to 30 letters, digits and underscores, and not like an id.")
    return value


def _email(value: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        # No look-ups on the network: whether mail arrives is what the code tells. The mail service
        # takes ASCII alone, so a domain is kept in its ASCII form.
        valid = validate_email(value, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError("This is not an e-mail address.") from error
    return (valid.ascii_email or valid.normalized).lower()


def _login(value: str) -> str:
    # Addresses are kept in ASCII, whatever alphabet their owner writes the domain in.
    if "@" not in value or value.isascii():
        return value
    try:
        return _email(value)
    except ValueError:
        return value  # which nobody has


def _password(value: str) -> str:
    kinds = (str.isupper, str.islower, str.isdigit, lambda character: not character.isalnum())
    if not all(any(kind(character) for character in value) for kind in kinds):
        raise ValueError("Use upper case, lower case, a digit and a special character.")
    return value


def _code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise ValueError("A code has six digits.")
    return value


def _ulid(value: str) -> str:
    if not ids.is_id(value):
        raise ValueError("This is not an id.")
    return value


def _date_text(value: Any) -> Any:
    # A number, or a date with a time, would be taken for a date as well.
    if not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
        raise ValueError("A date as YYYY-MM-DD.")
    return value.strip()


def _old_enough(value: date) -> date:
    today = date.fromisoformat(clock.timestamp()[:10])
    birthday_passed = (today.month, today.day) >= (value.month, value.day)
    age = today.year - value.year - (0 if birthday_passed else 1)
    if not _MINIMUM_AGE <= age <= _MAXIMUM_AGE:
        raise ValueError(f"You must be {_MINIMUM_AGE} or older.")
    return value


type Name = Annotated[str, text(5, 64), AfterValidator(_name)]
type Username = Annotated[str, BeforeValidator(_tidy), AfterValidator(_username)]
type Email = Annotated[str, text(1, 254), AfterValidator(_email)]
# A username or an address that an account may have.
type LoginName = Annotated[str, text(3, 254), AfterValidator(_login)]
# A password is not trimmed: a space at its end is a part of it.
type Password = Annotated[
    str, Field(min_length=8, max_length=128), BeforeValidator(_normal), AfterValidator(_password)
]
type GivenPassword = Annotated[str, Field(min_length=1, max_length=128), BeforeValidator(_normal)]
type Code = Annotated[str, BeforeValidator(_tidy), AfterValidator(_code)]
type Ulid = Annotated[str, BeforeValidator(_tidy), AfterValidator(_ulid)]
type DateOfBirth = Annotated[date, BeforeValidator(_date_text), AfterValidator(_old_enough)]


class Body(BaseModel):
    """The base of every body: ignores unknown fields, drops nulls, accepts each field's aliases."""

    # Built by the `Declaration` that names it: a module may hold the bodies of several.
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


class Query(Body):
    """The base of every query: like a body, from strings."""


class ListQuery(Query):
    """The query of every list; `paging` reads the cursor."""

    limit: Annotated[int, Field(ge=1)] | None = None
    page_size: Annotated[int, Field(ge=1)] | None = None
    # Documented, not checked here: a cursor that is too long is `invalid_cursor` as well.
    cursor: Annotated[str, Field(json_schema_extra={"maxLength": 2048})] | None = None
