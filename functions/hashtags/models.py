"""The tables of hashtags: the tags of posts, how often each is used, and when."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName


class Hashtag(Table):
    """A tag that public posts have or have had."""

    class Meta:
        table_name = TableName("hashtags")

    tag = UnicodeAttribute(hash_key=True)
    post_count = IntegerAttribute(default=0)  # of public posts
    post_seq = UnicodeAttribute(null=True)  # sequence number of the last change that was counted
    created_at = UnicodeAttribute()


class HashtagPost(Table):
    """A post with the tag. It is only a reference: who may see the post is decided when it is
    read."""

    class Meta:
        table_name = TableName("hashtag-posts")

    tag = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)
    author_id = UnicodeAttribute()
    is_public = BooleanAttribute()  # only public posts count


class TaggedByAuthor(GlobalSecondaryIndex["PostTags"]):
    """An author's posts that have tags."""

    class Meta:
        index_name = "by_author"
        projection = IncludeProjection(["visibility", "is_public"])

    author_id = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)


class PostTags(Table):
    """The record of the tags under which a post is stored; its `HashtagPost`s change with it."""

    class Meta:
        table_name = TableName("post-tags")

    post_id = UnicodeAttribute(hash_key=True)
    author_id = UnicodeAttribute()
    tags = JSONAttribute()  # [tag]
    visibility = UnicodeAttribute()  # of the post
    is_public = BooleanAttribute()  # by the author's account as well
    by_author = TaggedByAuthor()


class ByCount(GlobalSecondaryIndex["TagWindow"]):
    """The tags of a window by their number of posts."""

    class Meta:
        index_name = "by_count"
        projection = KeysOnlyProjection()

    window = UnicodeAttribute(hash_key=True)
    post_count = IntegerAttribute(range_key=True)


class TagWindow(Table):
    """How many public posts of a period have a tag."""

    class Meta:
        table_name = TableName("tag-windows")

    window = UnicodeAttribute(hash_key=True)  # `<number>#<part>`, see `windows`
    tag = UnicodeAttribute(range_key=True)
    post_count = IntegerAttribute()
    post_seq = UnicodeAttribute(null=True)  # as in `Hashtag`
    expires_at = IntegerAttribute()  # epoch seconds
    by_count = ByCount()


class TagSearch(Table):
    """A tag under one of its prefixes: `place` is `<rank>#<tag>`. Or, under `#<tag>`, the record of
    the rank that a tag's entries have.

    See `hashtags/search_index.py`, and `hashtags/earlier_search.py` for the version before.
    """

    class Meta:
        table_name = TableName("tag-search")

    prefix = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)
    tag = UnicodeAttribute(null=True)  # of an entry
    rank = IntegerAttribute(null=True)  # of a record
    tier = UnicodeAttribute(null=True)  # of a record of the version before


class Ranking(Table):
    """A ranking of tags, best first."""

    class Meta:
        table_name = TableName("tag-rankings")

    name = UnicodeAttribute(hash_key=True)
    tags = JSONAttribute()  # [tag]
    made_at = UnicodeAttribute()
