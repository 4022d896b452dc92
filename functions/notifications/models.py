"""The tables of notifications: what people are told, and how much of it they have not read."""

from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.tables import IntegerAttribute, Table, TableName


class Notification(Table):
    """One entry of a person's list. Its id comes from the fact that it tells (`facts.py`), so the
    same fact never makes two.

    An entry whose fact was undone stays a while, withdrawn, so that news of the fact that arrives
    late, or again, does not bring it back.
    """

    class Meta:
        table_name = TableName("notifications")

    user_id = UnicodeAttribute(hash_key=True)  # who is told
    notification_id = UnicodeAttribute(range_key=True)
    type = UnicodeAttribute()  # post.liked … (docs/api.md section 4)
    actor_id = UnicodeAttribute(null=True)
    actor_username = UnicodeAttribute(null=True)  # as it was then; lists read the one of today
    entity_id = UnicodeAttribute()  # of what the type says: a post, a user …
    post_id = UnicodeAttribute(null=True)  # under which the entity is, if it is a comment
    read_at = UnicodeAttribute(null=True)
    withdrawn_at = UnicodeAttribute(null=True)
    read_epoch = IntegerAttribute(attr_name="era", default=0)  # of its reader, when it was written
    created_at = UnicodeAttribute()
    expires_at = IntegerAttribute()

    @property
    def is_unread(self) -> bool:
        """Whether it counts as unread, as long as its epoch lasts."""
        return not (self.read_at or self.withdrawn_at)


class NotificationStats(Table):
    """How many entries of a person are unread; counted from the stream of notifications.

    Marking everything as read begins a new read epoch: entries of past epochs are read, whatever
    they say themselves. Each epoch has a count of its own (`unread_name`), so the stream may count
    past ones as late as it likes.
    """

    class Meta:
        table_name = TableName("notification-stats")

    user_id = UnicodeAttribute(hash_key=True)
    read_epoch = IntegerAttribute(attr_name="era", default=0)
    unread_count = IntegerAttribute(default=0)  # of this epoch
    unread_seq = UnicodeAttribute(null=True)  # the last change that was counted

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The item that DynamoDB gave, with the count of its epoch."""
        stats = super().from_raw_data(data)
        stats.unread_count = int(data.get(unread_name(stats.read_epoch), {"N": "0"})["N"])
        return stats


def unread_name(read_epoch: int) -> str:
    """The attribute of `NotificationStats` that counts what is unread of an epoch."""
    return f"unread_count_{read_epoch}" if read_epoch else "unread_count"
