"""A change of one item, as a table's stream reports it."""

from dataclasses import dataclass

from shared.dynamodb.model import Table


@dataclass(frozen=True, slots=True)
class Change[Item: Table]:
    """A change of one item: `old` is None if it was created, `new` if it was removed."""

    old: Item | None
    new: Item | None
    sequence: str  # digits; compare as numbers
    record_id: str
    occurred_at: str
    stream: str = ""  # the label of the table's stream: the time at which it began
    shard: str = ""  # of the stream; "" where Lambda does not say

    @property
    def item(self) -> Item:
        """The item after the change, or as it was before its removal."""
        item = self.new or self.old
        assert item is not None  # noqa: S101  # a stream record has at least one image
        return item

    @property
    def is_created(self) -> bool:
        """Whether the item was created."""
        return self.old is None

    @property
    def is_removed(self) -> bool:
        """Whether the item was removed."""
        return self.new is None

    def changed(self, *names: str) -> bool:
        """Whether any of these attributes differs between the images, or one image is missing."""
        if self.old is None or self.new is None:
            return True
        return any(getattr(self.old, name) != getattr(self.new, name) for name in names)
