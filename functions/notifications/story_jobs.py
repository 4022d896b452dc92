"""The jobs that notify followers of a new story: one for each page of them."""

from typing import Any, TypedDict

from shared.encoding import to_json
from shared.messaging.chains import Place, follow_pages
from shared.messaging.queues import send, send_rest
from users.public import close_friend_page, find_user, notified_page

QUEUE = "story-notifications"
PAGE = 100  # people in one job: as many as one transaction writes


class NewStory(TypedDict):
    """What every job says of the story."""

    story_id: str
    author_id: str
    author_username: str
    close_friends_only: bool
    created_at: str


def queue_jobs(story: NewStory, after: dict[str, Any] | None = None) -> None:
    """Send the jobs of the pages after a key while there is time; another job sends the rest. A
    run that fails half-way starts again with its first page: a job that runs twice creates the same
    entries."""
    author = find_user(story["author_id"])
    if author is None:
        return

    def queue_page(after: dict[str, Any] | None) -> Place:
        if story["close_friends_only"]:  # they are fewer than the followers; both are checked later
            user_ids, following = close_friend_page(author.user_id, PAGE, after)
        else:
            user_ids, following = notified_page(author, PAGE, after)
        if user_ids:
            send(QUEUE, to_json({**story, "user_ids": user_ids}))
        return following

    following = follow_pages(queue_page, after)
    if following is not None:
        send_rest(QUEUE, to_json({**story, "after": following}))
