"""The table of trays: which authors have stories for a person to see."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from shared.dynamodb.tables import IntegerAttribute, Table, TableName


class ByRank(GlobalSecondaryIndex["StoryTray"]):
    """A tray in the order in which it is shown (sparse: an author's own row has no rank)."""

    class Meta:
        index_name = "by_rank"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)
    rank = UnicodeAttribute(range_key=True)


class StoryTray(Table):
    """`author_id` has stories for `user_id`, who follows them. It is only a reference: who sees
    which stories, and whether all of them are seen, is decided when the tray is read.

    The row of an author in their own partition says what their followers have to see; trays of a
    celebrity's followers are read from it.
    """

    class Meta:
        table_name = TableName("story-trays")

    user_id = UnicodeAttribute(hash_key=True)
    author_id = UnicodeAttribute(range_key=True)
    latest = UnicodeAttribute()  # <when it expires>#<story id> of the latest story
    rank = UnicodeAttribute(null=True)  # 1#<latest>, or 0#<latest> when all stories are seen
    expires_at = IntegerAttribute()  # epoch seconds
    by_rank = ByRank()
