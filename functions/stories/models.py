"""The tables of stories: stories with their counters, their views and likes, and highlights. The
table of trays is in `tray_models`."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName
from stories.tray_models import StoryTray as StoryTray

# The key of the item with an account's number of highlights. It sorts after all ULIDs.
SIZE = "size"


class ByStory(GlobalSecondaryIndex["Story"]):
    """Whose story an id names."""

    class Meta:
        index_name = "by_story"
        projection = KeysOnlyProjection()

    story_id = UnicodeAttribute(hash_key=True)


class Deleted(GlobalSecondaryIndex["Story"]):
    """The stories that an author has deleted, by time (sparse: `deleted_author_id` exists while the
    author can undo the deletion)."""

    class Meta:
        index_name = "deleted"
        projection = AllProjection()

    deleted_author_id = UnicodeAttribute(hash_key=True)
    deleted_at = UnicodeAttribute(range_key=True)


class ByPurge(GlobalSecondaryIndex["Story"]):
    """Deleted stories, by the time of their purge (sparse; one partition, `purging.PENDING`)."""

    class Meta:
        index_name = "by_purge"
        projection = KeysOnlyProjection()

    deletion = UnicodeAttribute(hash_key=True)
    purge_at = UnicodeAttribute(range_key=True)


class Story(Table):
    """A story. It stays in its author's archive when its 24 hours are over."""

    class Meta:
        table_name = TableName("stories")

    author_id = UnicodeAttribute(hash_key=True)
    story_id = UnicodeAttribute(range_key=True)  # its time is `created_at`
    author_username = UnicodeAttribute()  # at the time of posting; for the events
    media = JSONAttribute()  # StoredMedia of media/models.py
    # {story_id, author_id} of the story that its author added to their own; then `media` is its
    shared_story = JSONAttribute(null=True)
    caption = UnicodeAttribute(default="")
    mentions = JSONAttribute(default=list)  # [user_id]: the people in the caption
    mention_names = JSONAttribute(null=True)  # {name in lower case: user id}, as in `Post`
    filter_name = UnicodeAttribute(null=True)
    stickers_json = UnicodeAttribute(null=True)  # as the client sent it: valid JSON
    close_friends_only = BooleanAttribute(default=False)
    status = UnicodeAttribute(default="ready")  # ready | processing | failed
    ready_at = UnicodeAttribute(null=True)  # when its upload became ready, if it waited for it
    view_count = IntegerAttribute(default=0)
    view_seq = UnicodeAttribute(null=True)  # the last change of views that was counted
    like_count = IntegerAttribute(default=0)
    like_seq = UnicodeAttribute(null=True)  # the last change of likes that was counted
    deleted_at = UnicodeAttribute(null=True)
    deleted_author_id = UnicodeAttribute(null=True)  # the author, while they can undo it
    deletion = UnicodeAttribute(null=True)
    purge_at = UnicodeAttribute(null=True)  # from then on the deletion cannot be undone
    removed_by = UnicodeAttribute(null=True)  # the administrator who removed it
    removed_at = UnicodeAttribute(null=True)  # as `deleted_at`, unless its author deleted it before
    created_at = UnicodeAttribute()
    by_story = ByStory()
    deleted = Deleted()
    by_purge = ByPurge()


class ViewsByUser(GlobalSecondaryIndex["StoryView"]):
    """The stories that a user has seen, by time."""

    class Meta:
        index_name = "by_user"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)
    viewed_at = UnicodeAttribute(range_key=True)


class ViewsByTime(GlobalSecondaryIndex["StoryView"]):
    """The views of a story, by time."""

    class Meta:
        index_name = "by_time"
        projection = KeysOnlyProjection()

    story_id = UnicodeAttribute(hash_key=True)
    viewed_at = UnicodeAttribute(range_key=True)


class StoryView(Table):
    """`user_id` has seen the story: the first time counts. Its author has no view."""

    class Meta:
        table_name = TableName("story-views")

    story_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    author_id = UnicodeAttribute()  # of the story, for its count
    viewed_at = UnicodeAttribute()
    by_user = ViewsByUser()
    by_time = ViewsByTime()


class StoryLikesByUser(GlobalSecondaryIndex["StoryLike"]):
    """The stories that a user likes, by time."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    liked_at = UnicodeAttribute(range_key=True)


class StoryLike(Table):
    """`user_id` likes the story. Unliking deletes the item."""

    class Meta:
        table_name = TableName("story-likes")

    story_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    username = UnicodeAttribute()  # of the person who likes, for the event
    author_id = UnicodeAttribute()  # of the story, for its count and the event
    liked_at = UnicodeAttribute()
    by_user = StoryLikesByUser()


class ByHighlight(GlobalSecondaryIndex["Highlight"]):
    """Whose highlight an id names."""

    class Meta:
        index_name = "by_highlight"
        projection = KeysOnlyProjection()

    highlight_id = UnicodeAttribute(hash_key=True)


class Highlight(Table):
    """Stories that their author shows for longer than 24 hours. The item `SIZE` of an account holds
    how many highlights it has."""

    class Meta:
        table_name = TableName("highlights")

    user_id = UnicodeAttribute(hash_key=True)
    highlight_id = UnicodeAttribute(range_key=True)  # a ULID, or SIZE
    title = UnicodeAttribute(null=True)
    story_ids = JSONAttribute(null=True)  # 1 to 100, oldest first; deleted ones until their purge
    cover_story_id = UnicodeAttribute(null=True)  # one of them; None: the first
    created_at = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute(null=True)
    entries = IntegerAttribute(null=True)  # in the item SIZE
    by_highlight = ByHighlight()
