"""Small models for tests of the kernel, on tables of the foundation."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName


class Post(Table):
    """A post, which counts its likes."""

    class Meta:
        table_name = TableName("posts")

    post_id = UnicodeAttribute(hash_key=True)
    author_id = UnicodeAttribute()
    media = JSONAttribute(null=True)
    like_count = IntegerAttribute(default=0)
    like_seq = UnicodeAttribute(null=True)


class LikesByUser(GlobalSecondaryIndex["Like"]):
    """A user's likes by time."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    liked_at = UnicodeAttribute(range_key=True)


class Like(Table):
    """A user's like of a post."""

    class Meta:
        table_name = TableName("likes")

    post_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    liked_at = UnicodeAttribute(default="2026-01-05T12:00:00.000Z")
    weight = IntegerAttribute(default=1)
    by_user = LikesByUser()
