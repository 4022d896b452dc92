"""The PynamoDB base model of every table, and a table's name in this deployment."""

from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar, Self

from pynamodb.attributes import Attribute
from pynamodb.connection import TableConnection
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from shared.aws.clients import client
from shared.config import config
from shared.dynamodb.attributes import ItemReader, Unset
from shared.dynamodb.conditions import conditions
from shared.dynamodb.versions import VERSION, Step, current_version, upgraded, version_of


class TableName:
    """`<stack>-<name>`, resolved on use, since no setting may be read at import."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> str:
        return f"{config.stack}-{self.name}"


@cache
def _reader(model: type[Model]) -> ItemReader:
    return ItemReader.of(model)


class Table(Model):
    """The base of every model, which names its table with `class Meta: table_name =
    TableName("likes")`. Keys are strings."""

    upgrades: ClassVar[Sequence[Step]] = ()  # from each version to the next one (`versions`)

    @classmethod
    def _get_connection(cls) -> TableConnection:
        connection = super()._get_connection()
        # One client for all models: PynamoDB would create one each, at 50 ms of a cold start.
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
        """A new item with this key and these attributes, as PynamoDB would create it, in a third of
        the time."""
        reader = _reader(type(self))
        if hash_key is not None and self._hash_keyname:
            attributes[self._hash_keyname] = hash_key
        if range_key is not None and self._range_keyname:
            attributes[self._range_keyname] = range_key
        if not attributes.keys() <= reader.names:
            unknown = ", ".join(sorted(attributes.keys() - reader.names))
            raise ValueError(f"{type(self).__name__} has no attribute {unknown}")
        self.__dict__ = reader.new_values() | attributes

    @property
    def attribute_values(self) -> dict[str, Any]:
        """The item's values: its own dictionary. PynamoDB keeps them in a second one."""
        return self.__dict__

    @attribute_values.setter
    def attribute_values(self, values: dict[str, Any]) -> None:
        self.__dict__ = values

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The item that DynamoDB returned, as PynamoDB would read it, in a fifth of the time."""
        item = cls.__new__(cls)
        if cls.upgrades and version_of(data) <= len(cls.upgrades):
            data = upgraded(cls.upgrades, data)
        item.__dict__ = _reader(cls).read(data)
        return item

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        """The item in DynamoDB's form, with its version if that is not the first."""
        stored = super().serialize(null_check)
        if self.upgrades:
            stored[VERSION] = {"N": str(current_version(self.upgrades))}
        return stored

    @classmethod
    def key_names(cls) -> list[str]:
        """The names of the key's attributes in the table, the partition key first."""
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
        """Put the item if `condition` holds (by default: if no item has its key), or raise
        `ConditionFailed`."""
        with conditions():
            self.save(condition if condition is not None else self.is_new())

    def change(self, *actions: Action, condition: Condition) -> None:
        """Update the stored item and this one if `condition` holds, or raise `ConditionFailed`."""
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
