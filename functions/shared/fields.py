"""The field types that bodies and queries are declared with (api.md sections 1 and 7).

Text is trimmed and brought to NFC before its bounds count Unicode characters. `null` means absent,
but for the fields that a body lists in `clears`. Fields that a model does not know are ignored.
"""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared import clock, ids

_USERNAME = re.compile(r"[A-Za-z0-9_]{3,30}")
_MINIMUM_AGE = 13
RESERVED_USERNAMES = frozenset(
    """about account admin administrator api auth blocked config counts docs everyone explore feed follow
    followers following health help here highlights hoshi login logout me messages moderator muted null
    official profile register root search security settings signup staff stories suggestions support
    system top undefined unfollow user users""".split()
)


def _tidy(value: Any) -> Any:
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value


def _normal(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def text(minimum: int, maximum: int) -> Any:
    """A string of `minimum` to `maximum` characters."""
    return Annotated[str, BeforeValidator(_tidy), Field(min_length=minimum, max_length=maximum)]


def username_problem(username: str) -> str | None:
    """Why `username` cannot be one: `invalid`, `reserved` or None."""
    if not _USERNAME.fullmatch(username) or ids.is_id(username.upper()):
        return "invalid"
    return "reserved" if username.casefold() in RESERVED_USERNAMES else None


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
        # No look-ups on the network: whether mail arrives is what the code tells.
        valid = validate_email(value, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError("This is not an e-mail address.") from error
    return valid.normalized.lower()


def _password(value: str) -> str:
    kinds = (str.isupper, str.islower, str.isdigit, lambda character: not character.isalnum())
    if not all(any(kind(character) for character in value) for kind in kinds):
        raise ValueError("Use upper case, lower case, a digit and a special character.")
    return value


def _ulid(value: str) -> str:
    if not ids.is_id(value):
        raise ValueError("This is not an id.")
    return value


def _old_enough(value: date) -> date:
    today = date.fromisoformat(clock.timestamp()[:10])
    birthday_passed = (today.month, today.day) >= (value.month, value.day)
    age = today.year - value.year - (0 if birthday_passed else 1)
    if not _MINIMUM_AGE <= age <= 130:
        raise ValueError(f"You must be {_MINIMUM_AGE} or older.")
    return value


type Name = Annotated[str, BeforeValidator(_tidy), Field(min_length=5, max_length=64)]
type Username = Annotated[str, BeforeValidator(_tidy), AfterValidator(_username)]
type Email = Annotated[str, BeforeValidator(_tidy), Field(max_length=254), AfterValidator(_email)]
# A password is not trimmed: a space at its end is a part of it.
type Password = Annotated[
    str, BeforeValidator(_normal), Field(min_length=8, max_length=128), AfterValidator(_password)
]
type GivenPassword = Annotated[str, BeforeValidator(_normal), Field(min_length=1, max_length=128)]
type Code = Annotated[str, BeforeValidator(_tidy), Field(pattern=r"^\d{6}$")]
type Ulid = Annotated[str, BeforeValidator(_tidy), AfterValidator(_ulid)]
type DateOfBirth = Annotated[date, AfterValidator(_old_enough)]


class Body(BaseModel):
    """The base of every body: ignores unknown fields, drops nulls, accepts each field's aliases."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, frozen=True)

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
    cursor: Annotated[str, Field(max_length=2048)] | None = None
