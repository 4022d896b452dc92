"""The tables of comments: comments with their counters, and their likes."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    IncludeProjection,
    KeysOnlyProjection,
)

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName


class ByThread(GlobalSecondaryIndex["Comment"]):
    """The top-level comments of a post, or the replies to one of them, by time."""

    class Meta:
        index_name = "by_thread"
        projection = IncludeProjection(["user_id", "parent_comment_id"])

    thread = UnicodeAttribute(hash_key=True)
    comment_id = UnicodeAttribute(range_key=True)


class ByLikes(GlobalSecondaryIndex["Comment"]):
    """The comments of a post, replies included, by their number of likes."""

    class Meta:
        index_name = "by_likes"
        projection = IncludeProjection(["user_id", "parent_comment_id"])

    post_id = UnicodeAttribute(hash_key=True)
    like_count = IntegerAttribute(range_key=True)


class ByComment(GlobalSecondaryIndex["Comment"]):
    """The post of a comment, for paths that name only the comment. None of it ever changes."""

    class Meta:
        index_name = "by_comment"
        projection = IncludeProjection(["user_id", "parent_comment_id"])

    comment_id = UnicodeAttribute(hash_key=True)


class CommentsByUser(GlobalSecondaryIndex["Comment"]):
    """The keys of the comments that a user wrote, by time."""

    class Meta:
        index_name = "by_user"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)
    comment_id = UnicodeAttribute(range_key=True)


class Comment(Table):
    """A comment, or a reply to a top-level one. Its author is read with it, never copied into it.

    To delete one, delete the item: counts, events, and the clean-up of its likes and of a top-level
    comment's replies follow from the stream. Purging a post deletes its partition here. One that an
    administrator removes is hidden instead, and its replies with it (`comment_removal.py`).
    """

    class Meta:
        table_name = TableName("comments")

    post_id = UnicodeAttribute(hash_key=True)
    comment_id = UnicodeAttribute(range_key=True)
    # The top-level comment's id; for a top-level comment the post's; while hidden `hidden_thread`
    thread = UnicodeAttribute()
    user_id = UnicodeAttribute()
    username = UnicodeAttribute()  # at the time of writing; for the events
    post_author_id = UnicodeAttribute()
    parent_comment_id = UnicodeAttribute(null=True)  # the top-level comment; None if this is one
    parent_author_id = UnicodeAttribute(null=True)  # of the comment that was replied to
    content = UnicodeAttribute()
    mentions = JSONAttribute(default=list)  # [user id]
    # {name in lower case: user id}: whom the text's names meant when they were written; None for
    # texts of versions that stored the people alone
    mention_names = JSONAttribute(null=True)
    like_count = IntegerAttribute(default=0)
    like_seq = UnicodeAttribute(null=True)  # the last change of its likes that was counted
    reply_count = IntegerAttribute(default=0)
    reply_seq = UnicodeAttribute(null=True)  # the last change of its replies that was counted
    post_seq = UnicodeAttribute(null=True)  # the post's `comment_seq` before, as in `Like`
    is_pinned = BooleanAttribute(null=True)  # the post lists it in `pinned_comments`
    # True while it is removed, or is a reply to a removed comment: it is in no list and no count.
    is_hidden = BooleanAttribute(null=True)
    removed_by = UnicodeAttribute(null=True)  # the administrator who removed it
    expires_at = IntegerAttribute(null=True)  # epoch seconds; until then an appeal can return it
    edited_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    by_thread = ByThread()
    by_likes = ByLikes()
    by_comment = ByComment()
    by_user = CommentsByUser()


def hidden_thread(thread: str) -> str:
    """The thread that hidden comments of a thread are in meanwhile."""
    return f"hidden#{thread}"


class CommentLikesByUser(GlobalSecondaryIndex["CommentLike"]):
    """The comments that a user likes, by time."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    liked_at = UnicodeAttribute(range_key=True)


class CommentLike(Table):
    """`user_id` likes the comment. Unliking deletes the item."""

    class Meta:
        table_name = TableName("comment-likes")

    comment_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    post_id = UnicodeAttribute()
    username = UnicodeAttribute()  # of the person who likes, for the event
    commenter_id = UnicodeAttribute()  # author of the comment, for the event
    liked_at = UnicodeAttribute()
    comment_seq = UnicodeAttribute(null=True)  # the comment's `like_seq` before, as in `Like`
    by_user = CommentLikesByUser()
