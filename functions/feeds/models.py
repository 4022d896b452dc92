"""The tables of feeds: home timelines, the discovery index and rankings."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName

# In place of a post id, in a timeline that was filled when it was read (`empty_timelines`); it
# sorts before all posts, so that it comes last.
MARK = "!filled"


class TimelineReels(GlobalSecondaryIndex["Timeline"]):
    """The reels of a timeline (sparse: only reels have a `reel_id`)."""

    class Meta:
        index_name = "reels"
        projection = IncludeProjection(["author_id", "expires_at"])

    user_id = UnicodeAttribute(hash_key=True)
    reel_id = UnicodeAttribute(range_key=True)


class Timeline(Table):
    """A post that belongs in the home feed of `user_id`. It is only a reference: whether the post
    is visible, and still belongs there, is decided when the feed is read."""

    class Meta:
        table_name = TableName("timelines")

    user_id = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)
    author_id = UnicodeAttribute()
    reason = UnicodeAttribute()  # follow | collaboration: why it was first written
    reel_id = UnicodeAttribute(null=True)  # the post id again, if the post is a reel
    added_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds
    reels = TimelineReels()


class AtRandom(GlobalSecondaryIndex["ExplorePost"]):
    """Public posts in random order."""

    class Meta:
        index_name = "at_random"
        projection = IncludeProjection(["author_id", "expires_at"])

    shard = UnicodeAttribute(hash_key=True)
    spot = UnicodeAttribute(range_key=True)


class ByPoints(GlobalSecondaryIndex["ExplorePost"]):
    """The public posts of an hour by engagement."""

    class Meta:
        index_name = "by_points"
        projection = IncludeProjection(["author_id"])

    bucket = UnicodeAttribute(hash_key=True)
    points = UnicodeAttribute(range_key=True)


class ExplorePost(Table):
    """A fresh public post, from which explore and trending choose. Whether its author's account is
    public too is checked when it is read."""

    class Meta:
        table_name = TableName("explore-posts")

    post_id = UnicodeAttribute(hash_key=True)
    author_id = UnicodeAttribute()
    shard = UnicodeAttribute()  # the first bits of the spot
    spot = UnicodeAttribute()  # a hash of the post id
    bucket = UnicodeAttribute()  # `<hour of the post>#<part>`
    points = UnicodeAttribute()  # ten digits
    expires_at = IntegerAttribute()  # epoch seconds
    at_random = AtRandom()
    by_points = ByPoints()


class Reel(Table):
    """A public reel, in the list of all of them."""

    class Meta:
        table_name = TableName("public-reels")

    bucket = UnicodeAttribute(hash_key=True)  # `<year>#<part>`
    post_id = UnicodeAttribute(range_key=True)
    author_id = UnicodeAttribute()


class TrendingPage(Table):
    """A hundred posts of one ranking; the item (`latest`, `-`) names the newest ranking."""

    class Meta:
        table_name = TableName("trending-pages")

    ranking = UnicodeAttribute(hash_key=True)
    page = UnicodeAttribute(range_key=True)  # three digits
    posts = JSONAttribute(null=True)  # [[post_id, author_id]], best first
    latest = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute(null=True)  # epoch seconds
