"""The tables of posts: posts with their counters, earlier versions, likes, shares, collaborators,
and the counts of each author. The tables of comments are in `comment_models`."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    IncludeProjection,
    KeysOnlyProjection,
)

from posts.comment_models import Comment as Comment
from posts.comment_models import CommentLike as CommentLike
from posts.latest_models import LatestPosts as LatestPosts
from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName

# What decides whether a post belongs in a list. Without counts, so that a like writes no index.
_LISTED_BY = ["status", "is_reel", "deleted_at"]


class ByAuthor(GlobalSecondaryIndex["Post"]):
    """The ids of an author's posts and reels, and what decides whether they are listed."""

    class Meta:
        index_name = "by_author"
        projection = IncludeProjection(_LISTED_BY)

    author_id = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)


class Reels(GlobalSecondaryIndex["Post"]):
    """The same for an author's reels (sparse: only reels have a `reel_author_id`)."""

    class Meta:
        index_name = "reels"
        projection = IncludeProjection(_LISTED_BY)

    reel_author_id = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)


class Deleted(GlobalSecondaryIndex["Post"]):
    """The posts that an author has deleted, by time (sparse: `deleted_author_id` exists while the
    author can undo the deletion)."""

    class Meta:
        index_name = "deleted"
        projection = AllProjection()

    deleted_author_id = UnicodeAttribute(hash_key=True)
    deleted_at = UnicodeAttribute(range_key=True)


class ByPurge(GlobalSecondaryIndex["Post"]):
    """Deleted posts, by the time of their purge (sparse; one partition, `purging.PENDING`)."""

    class Meta:
        index_name = "by_purge"
        projection = KeysOnlyProjection()

    deletion = UnicodeAttribute(hash_key=True)
    purge_at = UnicodeAttribute(range_key=True)


class Post(Table):
    """A post or reel. Its author's name and picture are read with it, never copied into it."""

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
    thumbnail_key = UnicodeAttribute(null=True)  # the uploaded file's until it is ready
    location = UnicodeAttribute(null=True)
    comments_disabled = BooleanAttribute(default=False)
    who_can_comment = UnicodeAttribute(default="everyone")  # while comments are on
    # [{comment_id, user_id}]: what the author pinned, latest first; agrees with `Comment.is_pinned`
    pinned_comments = JSONAttribute(null=True)
    mentions = JSONAttribute(default=list)  # [{user_id, since}]: the people in the caption
    # {name in lower case: user id}: whom the text's names meant when they were written; None for
    # texts of versions that stored the people alone
    mention_names = JSONAttribute(null=True)
    # [{user_id, status, since}]: at most 5; agrees with the rows of `Collaborator`
    collaborators = JSONAttribute(default=list)
    status = UnicodeAttribute(default="ready")  # ready | processing | failed
    like_count = IntegerAttribute(default=0)
    like_seq = UnicodeAttribute(null=True)  # the last change of likes that was counted
    comment_count = IntegerAttribute(default=0)  # with replies
    comment_seq = UnicodeAttribute(null=True)  # the last change of comments that was counted
    share_count = IntegerAttribute(default=0)
    share_seq = UnicodeAttribute(null=True)  # the last change of shares that was counted
    revision = IntegerAttribute(default=0)  # counts changes, except of counters and by deletion
    deleted_at = UnicodeAttribute(null=True)
    deleted_author_id = UnicodeAttribute(null=True)  # the author, while they can undo it
    deletion = UnicodeAttribute(null=True)
    purge_at = UnicodeAttribute(null=True)  # from then on the deletion cannot be undone
    removed_by = UnicodeAttribute(null=True)  # the administrator who removed it
    removed_at = UnicodeAttribute(null=True)  # as `deleted_at`, unless its author deleted it before
    edited_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    by_author = ByAuthor()
    reels = Reels()
    deleted = Deleted()
    by_purge = ByPurge()

    @property
    def awaits_thumbnail(self) -> bool:
        """Whether the thumbnail is not ready. The file as uploaded is never shown."""
        return bool(self.thumbnail_key and self.thumbnail_key.startswith("uploads/"))


class PostEdit(Table):
    """The state of a post before an edit, which moderation may need to know."""

    class Meta:
        table_name = TableName("post-edits")

    post_id = UnicodeAttribute(hash_key=True)
    revision = UnicodeAttribute(range_key=True)  # eight digits: the post's before the edit
    # caption, visibility, comments_disabled, who_can_comment, location, alt_texts
    before = JSONAttribute()
    edited_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds


class AuthorStats(Table):
    """How many posts and reels an author has; changed in the post's own transaction."""

    class Meta:
        table_name = TableName("author-stats")

    author_id = UnicodeAttribute(hash_key=True)
    post_count = IntegerAttribute(default=0)
    reel_count = IntegerAttribute(default=0)


class LikesByUser(GlobalSecondaryIndex["Like"]):
    """The posts that a user likes, by time."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    liked_at = UnicodeAttribute(range_key=True)


class LikesByTime(GlobalSecondaryIndex["Like"]):
    """The likes of a post, by time."""

    class Meta:
        index_name = "by_time"
        projection = KeysOnlyProjection()

    post_id = UnicodeAttribute(hash_key=True)
    liked_at = UnicodeAttribute(range_key=True)


class Like(Table):
    """`user_id` likes the post. Unliking deletes the item."""

    class Meta:
        table_name = TableName("likes")

    post_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    username = UnicodeAttribute()  # of the person who likes, for the event
    author_id = UnicodeAttribute()  # of the post, for the event
    liked_at = UnicodeAttribute()
    # The post's `like_seq` just before the like: until it changes, `like_count` lacks this like.
    post_seq = UnicodeAttribute(null=True)
    by_user = LikesByUser()
    by_time = LikesByTime()


class SharesByUser(GlobalSecondaryIndex["Share"]):
    """The posts that a user shares, by time."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    shared_at = UnicodeAttribute(range_key=True)


class SharesByTime(GlobalSecondaryIndex["Share"]):
    """The shares of a post, by time."""

    class Meta:
        index_name = "by_time"
        projection = AllProjection()

    post_id = UnicodeAttribute(hash_key=True)
    shared_at = UnicodeAttribute(range_key=True)


class Share(Table):
    """`user_id` shares the post. Unsharing deletes the item."""

    class Meta:
        table_name = TableName("shares")

    post_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    share_id = UnicodeAttribute()
    username = UnicodeAttribute()  # of the person who shares, for the event
    author_id = UnicodeAttribute()  # of the post, for the event
    caption = UnicodeAttribute(default="")
    shared_at = UnicodeAttribute()
    post_seq = UnicodeAttribute(null=True)  # the post's `share_seq` before, as in `Like`
    by_user = SharesByUser()
    by_time = SharesByTime()


class CollaborationsByUser(GlobalSecondaryIndex["Collaborator"]):
    """The posts on which a user collaborates or is invited to, by time of the posts."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)


class Collaborator(Table):
    """`user_id` was invited to collaborate on the post. The post's own item agrees, and both change
    in one transaction."""

    class Meta:
        table_name = TableName("collaborators")

    post_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    author_id = UnicodeAttribute()
    status = UnicodeAttribute()  # pending | accepted
    since = UnicodeAttribute()
    by_user = CollaborationsByUser()
