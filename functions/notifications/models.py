"""The tables of notifications: the entries of people's lists, and their unread counts."""

from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName


class Notification(Table):
    """One entry of a person's list. Its id is derived from the fact that it reports
    (`entries.py`), so the same fact never makes two entries.

    An entry whose fact was undone is kept for 20 days, withdrawn, so that an event of the fact that
    arrives late, or again, does not create it again.

    A digest (`digests.py`) has `folds_from`; its `created_at` moves with the latest of its facts.
    """

    class Meta:
        table_name = TableName("notifications")

    user_id = UnicodeAttribute(hash_key=True)  # the reader
    notification_id = UnicodeAttribute(range_key=True)
    type = UnicodeAttribute()  # post.liked … (docs/api.md section 4)
    actor_id = UnicodeAttribute(null=True)
    actor_username = UnicodeAttribute(null=True)  # at that time; lists show the present one
    entity_id = UnicodeAttribute()  # of the kind that the type says: a post, a user …
    # Of the entity, where it is not the type's: post | comment | story | message
    entity_type = UnicodeAttribute(null=True)
    post_id = UnicodeAttribute(null=True)  # the post that a comment belongs to
    read_at = UnicodeAttribute(null=True)
    withdrawn_at = UnicodeAttribute(null=True)
    read_epoch = IntegerAttribute(attr_name="era", default=0)  # the reader's at the time of writing
    created_at = UnicodeAttribute()
    folds_from = UnicodeAttribute(null=True)  # no fact after this moment has an entry of its own
    # Of a digest: when each of the latest actors acted, by their ids, the latest first. Digests of
    # an earlier version have a list of the ids.
    actors = JSONAttribute(null=True)
    expires_at = IntegerAttribute()

    # Not stored: the types of the same fact in the same list that stand for this one, where they
    # are switched on.
    yields_to: tuple[str, ...] = ()

    @property
    def is_unread(self) -> bool:
        """Whether it counts as unread while its read epoch lasts."""
        return not (self.read_at or self.withdrawn_at)


class NotificationStats(Table):
    """The number of a person's unread entries, counted from the stream of notifications.

    Marking all as read begins a new read epoch: entries of past epochs are read, whatever their
    `read_at` says. Each epoch has a count of its own (`unread_name`), so it does not matter how
    late the stream counts the entries of a past one.
    """

    class Meta:
        table_name = TableName("notification-stats")

    user_id = UnicodeAttribute(hash_key=True)
    read_epoch = IntegerAttribute(attr_name="era", default=0)
    unread_count = IntegerAttribute(default=0)  # of this epoch
    unread_seq = UnicodeAttribute(null=True)  # the last change that was counted
    # See `push_pace.py`; in milliseconds.
    pushed_at = IntegerAttribute(default=0)
    due_at = IntegerAttribute(default=0)
    due_id = UnicodeAttribute(null=True)

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The item that DynamoDB returned, with the count of its epoch."""
        stats = super().from_raw_data(data)
        stats.unread_count = int(data.get(unread_name(stats.read_epoch), {"N": "0"})["N"])
        return stats


def unread_name(read_epoch: int) -> str:
    """The attribute of `NotificationStats` that counts an epoch's unread entries."""
    return f"unread_count_{read_epoch}" if read_epoch else "unread_count"
