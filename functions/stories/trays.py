"""Writing trays: fan-out of new stories, and sync with follows and views.

A row names an author's latest story by the time at which it expires, so a query of the index by
rank finds live trays alone. Nothing is written when a story is deleted, hidden or expires, or when
its author is muted: a row whose author shows the reader nothing is left out when it is read.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.clock import seconds
from shared.dynamodb import projections
from shared.dynamodb.tables import (
    Key,
    WriteConflict,
    parallel_map,
    read_items,
    retry_conflicts,
)
from stories.live_stories import live_stories
from stories.models import Story, StoryTray, StoryView
from stories.visibility import Author, ViewerAccess, expires_at, is_expired, may_see
from users.public import relation_from, relation_keys

MOST_STORIES = 100  # of one author, in a tray: the latest
_NEWER = "attribute_not_exists(#latest) OR #latest < :latest"


def place_of(story: Story) -> str:
    """Where a story stands among others: the later it expires, the later it appeared."""
    return f"{expires_at(story)}#{story.story_id}"


def tray_row(user_id: str, author_id: str, story: Story, *, is_seen: bool = False) -> StoryTray:
    """The row of an author whose latest story this is; an author's own row has no rank."""
    latest = place_of(story)
    return StoryTray(
        user_id,
        author_id,
        latest=latest,
        rank=None if user_id == author_id else f"{0 if is_seen else 1}#{latest}",
        expires_at=int(seconds(expires_at(story))),
    )


def has_audience(story: Story) -> bool:
    """Whether anybody but its author can see the story."""
    best = ViewerAccess(follows=True, is_close_friend=True)
    return not is_expired(story) and may_see(story, Author(True, is_private=False), best)


def add_story(story: Story, user_ids: Iterable[str]) -> None:
    """Add a new story to the trays of these users. A row that has it, or a later one, stays: so a
    job that runs twice or late changes nothing.

    Only the user differs, so what the rows share is serialized once. Each row is a write of its
    own, because a batch takes no conditions, and a transaction costs twice the units.
    """
    shared: dict[str, Any] = tray_row("", story.author_id, story).serialize()
    parallel_map(partial(_put, StoryTray.Meta.table_name, shared), dict.fromkeys(user_ids))


def add_own_row(story: Story) -> None:
    """Say in the author's own row what followers have to see."""
    row = tray_row(story.author_id, story.author_id, story)
    _put(StoryTray.Meta.table_name, row.serialize(), story.author_id)


def sync_tray(user_id: str, author_id: str) -> None:
    """Sync the row of one author in a tray with whether `user_id` follows them, with the author's
    live stories and the views of them.

    Whom the author hides stories from, and whom `user_id` mutes, does not count: it can change at
    any time, and is checked when the tray is read.
    """
    projections.sync(
        lambda: StoryTray.find(user_id, author_id, consistent=True),
        lambda: _current_row(user_id, author_id),
        lambda row: (),
    )


def _current_row(user_id: str, author_id: str) -> StoryTray | None:
    """The row that should be stored; None if the author does not belong in the tray."""
    found, _ = live_stories(author_id, MOST_STORIES)
    stories = [story for story in found if has_audience(story)]
    keys: list[Key] = [(StoryView, story.story_id, user_id) for story in stories]
    keys += relation_keys(user_id, author_id, ("follows",))
    keys += relation_keys(author_id, user_id, ("close_friend",))
    items = read_items(keys, consistent=True)
    if not relation_from(items, user_id, author_id).follows:
        return None
    is_friend = relation_from(items, author_id, user_id).close_friend
    stories = [story for story in stories if is_friend or not story.close_friends_only]
    if not stories:
        return None
    is_seen = all((StoryView, story.story_id, user_id) in items for story in stories)
    return tray_row(user_id, author_id, max(stories, key=place_of), is_seen=is_seen)


def _put(table: str, shared: dict[str, Any], user_id: str) -> None:
    """Put the row unless the stored one is as new."""

    def put() -> None:
        try:
            client("dynamodb").put_item(
                TableName=table,
                Item={**shared, "user_id": {"S": user_id}},
                ConditionExpression=_NEWER,
                ExpressionAttributeNames={"#latest": "latest"},
                ExpressionAttributeValues={":latest": shared["latest"]},
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "TransactionConflictException":
                raise WriteConflict from error
            if code != "ConditionalCheckFailedException":
                raise

    retry_conflicts(put)  # a sync may hold the row
