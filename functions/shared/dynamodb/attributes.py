"""Attribute types, and reading the attributes of items quickly.

A page of posts is about eighty items, whose attributes are read a thousand times. PynamoDB's way of
reading and holding them is a fifth of the page's processor time.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.constants import NUMBER, STRING
from pynamodb.models import Model

from shared.encoding import to_json

# `to_json` writes nothing around the value; `json.loads` would look for white space.
_from_json = json.JSONDecoder().raw_decode


class IntegerAttribute(Attribute[int]):
    """A whole number (PynamoDB's NumberAttribute is typed as a float)."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class JSONAttribute(Attribute[Any]):
    """Any JSON value, stored as a compact string."""

    attr_type = STRING

    def serialize(self, value: Any) -> str:
        return to_json(value)

    def deserialize(self, value: str) -> Any:
        return _from_json(value)[0]


class Unset:
    """The class's descriptor of an attribute: the attribute itself, and None in items without it.

    An item's values are in its own dictionary, where Python finds them first.
    """

    def __init__(self, attribute: Attribute[Any]) -> None:
        self._attribute = attribute

    def __get__(self, item: object | None, owner: type) -> Attribute[Any] | None:
        return self._attribute if item is None else None


@dataclass(frozen=True, slots=True)
class ItemReader:
    """How the items of one model are read from DynamoDB's form."""

    # By the name in DynamoDB: the name in the model, the type, how to read it (None: as it is).
    attributes: dict[str, tuple[str, str, Callable[[Any], Any] | None]]
    defaults: dict[str, Any]  # of attributes that an item lacks
    factories: list[tuple[str, Callable[[], Any]]]  # of defaults that items must not share
    names: frozenset[str]  # of all attributes, in the model

    @classmethod
    def of(cls, model: type[Model]) -> "ItemReader":
        """How to read the items of `model`."""
        attributes = model.get_attributes()
        defaults = {name: each.default for name, each in attributes.items()}
        return cls(
            {
                each.attr_name: (
                    name,
                    each.attr_type,
                    None if type(each) is UnicodeAttribute else each.deserialize,
                )
                for name, each in attributes.items()
            },
            {
                name: default
                for name, default in defaults.items()
                if default is not None and not callable(default)
            },
            [(name, default) for name, default in defaults.items() if callable(default)],
            frozenset(attributes),
        )

    def new_values(self) -> dict[str, Any]:
        """The values of a new item: its attributes' defaults."""
        values = self.defaults.copy()
        for name, make in self.factories:
            values[name] = make()
        return values

    def read(self, stored: dict[str, Any]) -> dict[str, Any]:
        """The values of an item, as PynamoDB would read them. Raises `KeyError` if one has another
        type: it is no item of this table."""
        values = self.defaults.copy()
        for stored_name, value in stored.items():
            if stored_name in self.attributes and "NULL" not in value:
                name, kind, parse = self.attributes[stored_name]
                values[name] = parse(value[kind]) if parse else value[kind]
        for name, make in self.factories:
            if name not in values:
                values[name] = make()
        return values
