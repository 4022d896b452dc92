"""The streams of stories, their views and likes: keep exact counts and publish events."""

from collections.abc import Iterator, Sequence
from typing import Any

from shared.dynamodb.changes import Change
from shared.dynamodb.counters import Counter
from shared.dynamodb.tallies import Fact, tally_counter
from shared.events.envelopes import Event
from shared.events.stories import (
    StoryCreated,
    StoryDeleted,
    StoryLiked,
    StoryMentioned,
    StoryPurged,
    StoryRestored,
    StoryUnliked,
)
from shared.messaging import queues
from shared.messaging.streams import stream
from stories.models import Story, StoryLike, StoryView
from stories.visibility import appeared_at, is_expired

app = stream("stories")


def _increment(name: str, change: Change[Any]) -> dict[str, int]:
    """What a change of an item adds to the count `name` of such items."""
    difference = int(change.is_created) - int(change.is_removed)
    return {name: difference} if difference else {}


def _views(change: Change[Any]) -> dict[str, int]:
    return _increment("view_count", change)


def _likes(change: Change[Any]) -> dict[str, int]:
    return _increment("like_count", change)


def _story(change: Change[Any]) -> tuple[str, str]:
    return change.item.author_id, change.item.story_id


app.count(StoryView, Counter(Story, "view_seq", _story, _views, is_recounted=True))
app.count(StoryLike, Counter(Story, "like_seq", _story, _likes, is_recounted=True))


def _others_like(like: StoryLike) -> Fact | None:
    """A like of somebody else's story: nobody is notified of their own."""
    return (like.story_id, like.liked_at) if like.user_id != like.author_id else None


app.count(StoryLike, tally_counter("story.liked", _others_like))


@app.publishes(Story)
def story_events(change: Change[Story]) -> Iterator[tuple[str, Event]]:
    """Publish story.created and story.mentioned when its audience may first see it, story.deleted
    when it is hidden or gone, story.restored if its audience had seen it, and story.purged. Changes
    of its counts are no events."""
    story, before = change.item, change.old
    ids = (story.story_id, story.author_id)
    if _appears(change):
        username, at = story.author_username, appeared_at(story)
        yield story.author_id, StoryCreated(*ids, username, story.close_friends_only, at)
        for user_id in story.mentions:
            yield story.author_id, StoryMentioned(*ids, username, user_id, at)
    elif before and before.deleted_at and change.new and not story.deleted_at:
        yield story.author_id, StoryRestored(*ids)
    if before and not before.deleted_at and (story.deleted_at or change.is_removed):
        yield story.author_id, StoryDeleted(*ids)
    if change.is_removed:
        # The upload of a story that it shared is not its own.
        uploads = [] if story.shared_story else [story.media["upload_id"]]
        yield story.author_id, StoryPurged(*ids, uploads)


def _appears(change: Change[Story]) -> bool:
    """Whether the story is ready and not deleted now, and was not before. If it became ready while
    it was deleted, it appears when it is restored."""
    story, before = change.new, change.old
    if story is None or story.status != "ready" or story.deleted_at:
        return False
    if before is None or before.status != "ready":
        return True
    is_unseen = before.deleted_at and story.ready_at and before.deleted_at < story.ready_at
    return bool(is_unseen and not is_expired(story))


@app.publishes(StoryLike)
def story_like_events(
    change: Change[StoryLike],
) -> Iterator[tuple[str, StoryLiked | StoryUnliked]]:
    """Publish story.liked or story.unliked."""
    like = change.item
    ids = (like.story_id, like.author_id, like.user_id)
    if change.is_created:
        yield like.user_id, StoryLiked(*ids, like.username, like.liked_at)
    if change.is_removed:
        yield like.user_id, StoryUnliked(*ids, like.liked_at)


@app.react(StoryView)
def queue_trays(changes: Sequence[Change[StoryView]]) -> None:
    """Queue the sync of the viewers' trays with what they have seen."""
    seen = {(each.item.user_id, each.item.author_id) for each in changes if each.is_created}
    queues.send_jobs(
        "story-trays",
        ({"user_id": user_id, "author_id": author_id} for user_id, author_id in sorted(seen)),
    )
