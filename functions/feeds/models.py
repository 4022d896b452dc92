"""The table of feeds: whose home feed refers to which posts."""

from pynamodb.attributes import UnicodeAttribute

from shared.tables import IntegerAttribute, Table, TableName


class Timeline(Table):
    """A post that belongs into the home feed of `user_id`. It is a reference and no more: what may
    be seen of it, and whether it is still wanted, is decided when the feed is read."""

    class Meta:
        table_name = TableName("timelines")

    user_id = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)
    author_id = UnicodeAttribute()
    reason = UnicodeAttribute()  # follow
    added_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds
