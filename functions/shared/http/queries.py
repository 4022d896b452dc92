"""Queries: what a route reads from its URL, each parameter declared once.

A query is text and has no structure, so it is read without pydantic, whose import is a quarter of
a cold start. An attribute of the class declares a parameter, and has its value on an instance:

    class Search(ListQuery):
        q = Text(1, 50).optional()
        status = Choice("all", "active").or_else("all")
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self, cast, overload

from shared import ids
from shared.errors import InvalidInput
from shared.http.texts import trimmed

_REQUIRED: Any = object()
_MAX_DIGITS = 18  # above every maximum; without a bound, `int` would be slow
# As pydantic reads them in bodies.
_FLAGS = dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True) | dict.fromkeys(
    ("0", "false", "f", "no", "n", "off"), False
)


class Parameter[Value](ABC):
    """One parameter, which is required unless `optional` or `or_else` follows its declaration.

    `also` is a second name, which counts if the first is absent.
    """

    name: str

    def __init__(self, also: str | None = None) -> None:
        self.also = also
        self.default: Any = _REQUIRED

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, query: None, owner: type) -> Self: ...
    @overload
    def __get__(self, query: "Query", owner: type) -> Value: ...
    def __get__(self, query: "Query | None", owner: type) -> Self | Value:
        return self if query is None else cast("Value", query.values[self.name])

    def optional(self) -> "Parameter[Value | None]":
        """This parameter, None where it is absent."""
        self.default = None
        return cast("Parameter[Value | None]", self)

    def or_else(self, default: Value) -> "Parameter[Value]":
        """This parameter, with its value where it is absent."""
        self.default = default
        return self

    @property
    def is_required(self) -> bool:
        """Whether a call without it is refused."""
        return self.default is _REQUIRED

    def value_in(self, given: Mapping[str, str]) -> Value:
        """The value that a client gave, or the default; raises `ValueError`."""
        text = given.get(self.name)
        if text is None and self.also:
            text = given.get(self.also)
        if text is not None:
            return self.parse(text)
        if self.is_required:
            raise ValueError("Field required")
        return cast("Value", self.default)

    def schema(self) -> dict[str, Any]:
        """The parameter in the OpenAPI document."""
        schema = self.kind()
        if self.also:
            schema["description"] = f"Also `{self.also}`."
        if not self.is_required and self.default is not None:
            schema["default"] = self.default
        return dict(sorted(schema.items()))

    @abstractmethod
    def parse(self, text: str) -> Value:
        """The value of a text; raises `ValueError` with a sentence for the client."""

    @abstractmethod
    def kind(self) -> dict[str, Any]:
        """The JSON schema of the value."""


class Text(Parameter[str]):
    """A text of `minimum` to `maximum` characters, normalized and trimmed like those of bodies."""

    def __init__(self, minimum: int, maximum: int | None, also: str | None = None) -> None:
        super().__init__(also)
        self.minimum, self.maximum = minimum, maximum

    def parse(self, text: str) -> str:
        value: str = trimmed(text)
        if len(value) < self.minimum:
            raise ValueError(f"String should have at least {_characters(self.minimum)}")
        if self.maximum is not None and len(value) > self.maximum:
            raise ValueError(f"String should have at most {_characters(self.maximum)}")
        return value

    def kind(self) -> dict[str, Any]:
        bounds = {} if self.maximum is None else {"maxLength": self.maximum}
        return {**bounds, "minLength": self.minimum, "type": "string"}


def _characters(number: int) -> str:
    return f"{number} character" if number == 1 else f"{number} characters"


class Id(Parameter[str]):
    """A ULID."""

    def parse(self, text: str) -> str:
        value: str = trimmed(text)
        if not ids.is_id(value):
            raise ValueError("This is not a valid id.")
        return value

    def kind(self) -> dict[str, Any]:
        return {"$ref": "#/components/schemas/Ulid"}


class Count(Parameter[int]):
    """A whole number of at least 1."""

    def parse(self, text: str) -> int:
        number = int(text[:_MAX_DIGITS]) if text.isascii() and text.isdigit() else 0
        if number < 1:
            raise ValueError("This must be a whole number of at least 1.")
        return number

    def kind(self) -> dict[str, Any]:
        return {"minimum": 1, "type": "integer"}


class Flag(Parameter[bool]):
    """Yes or no; no where it is absent."""

    def __init__(self) -> None:
        super().__init__()
        self.default = False

    def parse(self, text: str) -> bool:
        value = _FLAGS.get(text.strip().lower())
        if value is None:
            raise ValueError("Write true or false.")
        return value

    def kind(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Choice(Parameter[str]):
    """One of some words."""

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words

    def parse(self, text: str) -> str:
        if text not in self.words:
            quoted = [f"'{word}'" for word in self.words]
            raise ValueError(f"Input should be {', '.join(quoted[:-1])} or {quoted[-1]}")
        return text

    def kind(self) -> dict[str, Any]:
        return {"enum": [*self.words], "type": "string"}


class _Cursor(Text):
    """The cursor of a list. `paging` reads it and answers one that is too long."""

    def __init__(self) -> None:
        super().__init__(0, None)

    def parse(self, text: str) -> str:
        return text

    def kind(self) -> dict[str, Any]:
        return {"maxLength": 2048, "type": "string"}


class Query:
    """Base of every query: reads its parameters, ignores all others."""

    parameters: ClassVar[Mapping[str, Parameter[Any]]] = {}

    def __init_subclass__(cls) -> None:
        own = {name: each for name, each in vars(cls).items() if isinstance(each, Parameter)}
        cls.parameters = {**cls.parameters, **own}

    def __init__(self, given: Mapping[str, str]) -> None:
        """Read `given`; raises `InvalidInput` with each parameter that is not valid."""
        self.values: dict[str, Any] = {}
        problems = []
        for name, parameter in self.parameters.items():
            try:
                self.values[name] = parameter.value_in(given)
            except ValueError as error:
                problems.append((name, str(error)))
        if problems:
            raise InvalidInput(*problems)


class ListQuery(Query):
    """The query of every list; `paging` reads the page."""

    limit = Count().optional()
    page_size = Count().optional()
    cursor = _Cursor().optional()
