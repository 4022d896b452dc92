"""The tables of notifications: what people are told, and how much of it they have not read."""

from pynamodb.attributes import UnicodeAttribute

from shared.tables import IntegerAttribute, Table, TableName


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
    type = UnicodeAttribute()  # post.liked … (api.md section 4)
    actor_id = UnicodeAttribute(null=True)
    actor_username = UnicodeAttribute(null=True)  # as it was then; lists read the one of today
    entity_id = UnicodeAttribute()  # of what the type says: a post, a user …
    post_id = UnicodeAttribute(null=True)  # under which the entity is, if it is a comment
    read_at = UnicodeAttribute(null=True)
    withdrawn_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    expires_at = IntegerAttribute()

    @property
    def is_unread(self) -> bool:
        """Whether it counts as unread."""
        return not (self.read_at or self.withdrawn_at)


class NotificationStats(Table):
    """How many entries of a person are unread; counted from the stream of notifications."""

    class Meta:
        table_name = TableName("notification-stats")

    user_id = UnicodeAttribute(hash_key=True)
    unread_count = IntegerAttribute(default=0)
    unread_seq = UnicodeAttribute(null=True)  # the last change that was counted
