"""One change of one item, as a table's stream reports it."""

from dataclasses import dataclass

from shared.dynamodb.model import Table


@dataclass(frozen=True, slots=True)
class Change[Item: Table]:
    """One change of one item: `old` is None when it was created, `new` when it was removed."""

    old: Item | None
    new: Item | None
    sequence: str  # digits; compare as numbers
    record_id: str
    occurred_at: str

    @property
    def item(self) -> Item:
        """The item as it is now, or as it was when it was removed."""
        item = self.new or self.old
        assert item is not None  # noqa: S101  # a stream record has at least one image
        return item

    @property
    def is_created(self) -> bool:
        """Whether the item is new."""
        return self.old is None

    @property
    def is_removed(self) -> bool:
        """Whether the item is gone."""
        return self.new is None

    def changed(self, *names: str) -> bool:
        """Whether any of these attributes differs between the images (or there is only one)."""
        if self.old is None or self.new is None:
            return True
        return any(getattr(self.old, name) != getattr(self.new, name) for name in names)
