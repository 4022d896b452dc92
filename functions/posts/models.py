"""The tables of posts: posts with their counters, who liked them, and what each author has made."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from shared.tables import IntegerAttribute, JSONAttribute, Table, TableName


class ByAuthor(GlobalSecondaryIndex["Post"]):
    """An author's posts and reels."""

    class Meta:
        index_name = "by_author"
        projection = AllProjection()

    author_id = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)


class Reels(GlobalSecondaryIndex["Post"]):
    """An author's reels (sparse: only reels have a `reel_author_id`)."""

    class Meta:
        index_name = "reels"
        projection = AllProjection()

    reel_author_id = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)


class Post(Table):
    """A post or reel. What is shown of its author is read with it, never copied into it."""

    class Meta:
        table_name = TableName("posts")

    post_id = UnicodeAttribute(hash_key=True)
    author_id = UnicodeAttribute()
    author_username = UnicodeAttribute()  # at the time of posting; for the events
    reel_author_id = UnicodeAttribute(null=True)
    caption = UnicodeAttribute(default="")
    visibility = UnicodeAttribute(default="public")  # public | followers | close_friends | private
    is_reel = BooleanAttribute(default=False)
    media = JSONAttribute()  # [StoredMedia of media/models.py], in the author's order
    thumbnail_key = UnicodeAttribute(null=True)
    location = UnicodeAttribute(null=True)
    comments_disabled = BooleanAttribute(default=False)
    status = UnicodeAttribute(default="ready")  # ready | processing | failed
    like_count = IntegerAttribute(default=0)
    like_seq = UnicodeAttribute(null=True)  # the last change of likes that was counted
    comment_count = IntegerAttribute(default=0)
    share_count = IntegerAttribute(default=0)
    deleted_at = UnicodeAttribute(null=True)
    edited_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    by_author = ByAuthor()
    reels = Reels()


class AuthorStats(Table):
    """How many posts and reels an author has; changed in the post's own transaction."""

    class Meta:
        table_name = TableName("author-stats")

    author_id = UnicodeAttribute(hash_key=True)
    post_count = IntegerAttribute(default=0)
    reel_count = IntegerAttribute(default=0)


class LikesByUser(GlobalSecondaryIndex["Like"]):
    """What a user liked, by time."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    liked_at = UnicodeAttribute(range_key=True)


class Like(Table):
    """`user_id` likes the post. Unliking deletes the item."""

    class Meta:
        table_name = TableName("likes")

    post_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    username = UnicodeAttribute()  # of who likes, for the event
    author_id = UnicodeAttribute()  # of the post, for the event
    liked_at = UnicodeAttribute()
    post_seq = UnicodeAttribute(
        null=True
    )  # the post's `like_seq` just before: until that moves on,
    # this like is not in `like_count` yet
    by_user = LikesByUser()


class Recount(Table):
    """What the recount of counters remembers from one run to the next: where it goes on (subject
    `progress`), and which posts (`post#<id>`) had a wrong count."""

    class Meta:
        table_name = TableName("recounts")

    subject = UnicodeAttribute(hash_key=True)
    after = UnicodeAttribute(null=True)  # the post id that was recounted last
    like_count = IntegerAttribute(null=True)  # as the post had it
    like_seq = UnicodeAttribute(null=True)
    counted = IntegerAttribute(null=True)  # the likes that there were
    noted_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds
