"""The PynamoDB base model of every table, and its name in this deployment."""

from functools import cache
from typing import Any, Self

from pynamodb.attributes import Attribute
from pynamodb.connection import TableConnection
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from shared.aws.clients import client
from shared.config import config
from shared.dynamodb.attributes import Reading, Unset
from shared.dynamodb.conditions import conditions


class TableName:
    """`<stack>-<name>`, worked out when it is first needed and not at import."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> str:
        return f"{config.stack}-{self.name}"


@cache
def _reading(model: type[Model]) -> Reading:
    return Reading.of(model)


class Table(Model):
    """The base of every model, which names its table:
    `class Meta: table_name = TableName("likes")`. Keys are strings."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        connection = super()._get_connection()
        # One client for all models: PynamoDB would make one each, at 50 ms of cold start apiece.
        connection.connection._client = client("dynamodb")  # type: ignore[assignment]
        return connection

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, attribute in [*vars(cls).items()]:
            if isinstance(attribute, Attribute):
                setattr(cls, name, Unset(attribute))

    def __init__(
        self,
        hash_key: Any = None,
        range_key: Any = None,
        _user_instantiated: bool = True,
        **attributes: Any,
    ) -> None:
        """A new item of its key and other attributes. As PynamoDB would make it, at a third of the
        time."""
        reading = _reading(type(self))
        if hash_key is not None and self._hash_keyname:
            attributes[self._hash_keyname] = hash_key
        if range_key is not None and self._range_keyname:
            attributes[self._range_keyname] = range_key
        if not attributes.keys() <= reading.names:
            unknown = ", ".join(sorted(attributes.keys() - reading.names))
            raise ValueError(f"{type(self).__name__} has no attribute {unknown}")
        self.__dict__ = reading.beginning() | attributes

    @property
    def attribute_values(self) -> dict[str, Any]:
        """What the item holds. PynamoDB keeps it in a dictionary beside the item's own."""
        return self.__dict__

    @attribute_values.setter
    def attribute_values(self, values: dict[str, Any]) -> None:
        self.__dict__ = values

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The item that DynamoDB gave. As PynamoDB would make it, at a fifth of the time."""
        item = cls.__new__(cls)
        item.__dict__ = _reading(cls).values(data)
        return item

    @classmethod
    def key_names(cls) -> list[str]:
        """The names of the key's attributes in the table, the partition's first."""
        attributes = cls.get_attributes()
        names = (cls._hash_keyname, cls._range_keyname)
        return [attributes[name].attr_name for name in names if name]

    def key(self) -> dict[str, dict[str, str]]:
        """This item's key in DynamoDB's form."""
        values = self._get_hash_range_key_serialized_values()
        return {
            name: {STRING: value} for name, value in zip(self.key_names(), values, strict=False)
        }

    @classmethod
    def find(cls, *key: str, consistent: bool = False) -> Self | None:
        """The item with this key, or None."""
        try:
            return cls.get(key[0], key[1] if len(key) > 1 else None, consistent_read=consistent)
        except cls.DoesNotExist:
            return None

    def create(self, condition: Condition | None = None) -> None:
        """Put the item if `condition` holds (by default: if its key is not there yet), or
        raise `ConditionFailed`."""
        with conditions():
            self.save(condition if condition is not None else self.is_new())

    def change(self, *actions: Action, condition: Condition) -> None:
        """Update the item if `condition` holds, or raise `ConditionFailed`; then hold what is
        stored."""
        with conditions():
            self.update(actions=list(actions), condition=condition)

    @classmethod
    def is_new(cls) -> Condition:
        """The condition that no item has this key."""
        return cls._partition_key().does_not_exist()

    @classmethod
    def is_there(cls) -> Condition:
        """The condition that an item has this key."""
        return cls._partition_key().exists()

    @classmethod
    def _partition_key(cls) -> Attribute[Any]:
        name = cls._hash_keyname
        if name is None:
            raise TypeError(f"{cls.__name__} has no partition key")
        return cls.get_attributes()[name]
