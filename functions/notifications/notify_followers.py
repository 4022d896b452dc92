"""Queue story-notifications: create the entries of a new story for one page of followers, or queue
the jobs of further pages."""

from collections.abc import Sequence
from typing import Any, cast

from notifications.bulk_write import write_entries
from notifications.entries import new_entry
from notifications.models import Notification, NotificationStats
from notifications.story_jobs import NewStory, queue_jobs
from shared.dynamodb.tables import Key, read_items
from shared.messaging.queues import consumer
from shared.transient import TransientError
from stories.public import audience_among
from users.public import User, is_notified, relation_from, relation_keys

app = consumer()

_TYPE = "story.created"


class EntriesLeft(TransientError):
    """Some entries could not be written; the next delivery tries again."""


@app.on_job
def notify_followers(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Write the entries of those who want them. Their ids follow from the story, so a job that runs
    twice changes nothing."""
    if "after" in job:
        after = job.pop("after")
        queue_jobs(cast(NewStory, job), after)
        return
    author, story_id = (job["author_id"], job["author_username"]), job["story_id"]
    audience = audience_among(author[0], story_id, job["user_ids"])
    entries = [
        new_entry(user_id, _TYPE, job["created_at"], author, story_id)
        for user_id in job["user_ids"]
        if user_id in audience
    ]
    if write_entries(_wanted(entries, author[0])):
        raise EntriesLeft("some entries could not be written")


def _wanted(entries: Sequence[Notification], author_id: str) -> list[Notification]:
    """The entries of readers who follow the author without muting them, and have switched off
    neither this author's stories nor the type."""
    keys: list[Key] = [(User, author_id)]
    for entry in entries:
        keys += [(User, entry.user_id), (NotificationStats, entry.user_id)]
        keys += relation_keys(entry.user_id, author_id, ("follows", "mutes"))
    found = read_items(keys, consistent={NotificationStats})
    author, wanted = found.get(User, author_id), []
    for entry in entries:
        reader = found.get(User, entry.user_id)
        relation = relation_from(found, entry.user_id, author_id)
        stats = found.get(NotificationStats, entry.user_id)
        entry.read_epoch = stats.read_epoch if stats else 0
        is_wanted = author and is_notified(relation, author) and not relation.mutes
        if is_wanted and reader and _TYPE not in reader.muted_types:
            wanted.append(entry)
    return wanted
