"""The jobs that notify followers of a new story: one for each page of them."""

from typing import Any, TypedDict

from shared.encoding import to_json
from shared.messaging.queues import send
from users.public import close_friend_page, find_user, notified_page

QUEUE = "story-notifications"
PAGE = 100  # people in one job: as many as one transaction writes
_PAGES = 500  # of one message, which has a minute for them


class NewStory(TypedDict):
    """What every job says of the story."""

    story_id: str
    author_id: str
    author_username: str
    close_friends_only: bool
    created_at: str


def queue_jobs(story: NewStory, after: dict[str, Any] | None = None) -> None:
    """Send the jobs of the pages after a key; if they are many, the last one is to send the rest. A
    run that fails half-way starts again with its first page: a job that runs twice creates the same
    entries."""
    author = find_user(story["author_id"])
    if author is None:
        return
    for _ in range(_PAGES):
        if story["close_friends_only"]:  # they are fewer than the followers; both are checked later
            user_ids, after = close_friend_page(author.user_id, PAGE, after)
        else:
            user_ids, after = notified_page(author, PAGE, after)
        if user_ids:
            send(QUEUE, to_json({**story, "user_ids": user_ids}))
        if after is None:
            return
    send(QUEUE, to_json({**story, "after": after}))
