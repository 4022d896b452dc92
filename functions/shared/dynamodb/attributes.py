"""What items of DynamoDB are made of: attributes, and reading them quickly.

A page of posts is some eighty items, and their attributes are asked for a thousand times. As
PynamoDB reads and holds them, that is a fifth of what the page costs the processor.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.constants import NUMBER, STRING
from pynamodb.models import Model

from shared.encoding import to_json

# What `to_json` wrote has nothing around it, for which `json.loads` would look.
_from_json = json.JSONDecoder().raw_decode


class IntegerAttribute(Attribute[int]):
    """A whole number (PynamoDB's NumberAttribute is typed as a float)."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class JSONAttribute(Attribute[Any]):
    """Any JSON value as a compact string."""

    attr_type = STRING

    def serialize(self, value: Any) -> str:
        return to_json(value)

    def deserialize(self, value: str) -> Any:
        return _from_json(value)[0]


class Unset:
    """Stands for an attribute in its model's class, and for its value in an item that has none.

    A value that an item has is in the item's own dictionary, where Python finds it first.
    """

    def __init__(self, attribute: Attribute[Any]) -> None:
        self._attribute = attribute

    def __get__(self, item: object | None, owner: type) -> Attribute[Any] | None:
        return self._attribute if item is None else None


@dataclass(frozen=True, slots=True)
class Reading:
    """How the items of one model are read from DynamoDB's form."""

    # By the name in DynamoDB: the name here, the type, and how it is read (None: as it is).
    attributes: dict[str, tuple[str, str, Callable[[Any], Any] | None]]
    defaults: dict[str, Any]  # of attributes that an item lacks
    factories: list[tuple[str, Callable[[], Any]]]  # of defaults that items may not share
    names: frozenset[str]  # of all attributes, here

    @classmethod
    def of(cls, model: type[Model]) -> "Reading":
        """The reading of a model's items."""
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

    def beginning(self) -> dict[str, Any]:
        """The values of a new item: what its attributes are by default."""
        values = self.defaults.copy()
        for name, make in self.factories:
            values[name] = make()
        return values

    def values(self, stored: dict[str, Any]) -> dict[str, Any]:
        """The values of an item, as PynamoDB would read them; raises `KeyError` where one is of
        another type, so that it is not an item of this table."""
        values = self.defaults.copy()
        for name_there, value in stored.items():
            if name_there in self.attributes and "NULL" not in value:
                name, kind, read = self.attributes[name_there]
                values[name] = read(value[kind]) if read else value[kind]
        for name, make in self.factories:
            if name not in values:
                values[name] = make()
        return values
