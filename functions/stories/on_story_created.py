"""story.created and story.restored: queue fan-out jobs, one for each page of the audience."""

from collections.abc import Iterator

from shared.dynamodb.tables import read_items
from shared.encoding import to_json
from shared.events.envelopes import Envelope
from shared.events.stories import StoryCreated, StoryRestored
from shared.messaging.queues import consumer, send
from stories.models import Story
from stories.trays import add_own_row, has_audience
from users.public import (
    close_friend_page,
    find_user,
    follower_page,
    relation_from,
    relation_keys,
)

app = consumer()

PAGE = 1000  # people in one job


@app.on(StoryCreated)
def on_story_created(envelope: Envelope, event: StoryCreated) -> None:
    """Send the jobs of a new story."""
    _send_jobs(event.author_id, event.story_id)


@app.on(StoryRestored)
def on_story_restored(envelope: Envelope, event: StoryRestored) -> None:
    """Send them again: those who follow now may not have followed then."""
    _send_jobs(event.author_id, event.story_id)


def _send_jobs(author_id: str, story_id: str) -> None:
    """Send all jobs. A run that fails half-way starts again from the beginning: a job that runs
    twice changes nothing."""
    story = Story.find(author_id, story_id, consistent=True)
    if story is None or not has_audience(story):
        return
    if story.close_friends_only:
        pages = _close_friends(author_id)
    else:
        # It says what there is of a celebrity, whose stories are pulled when a tray is read.
        add_own_row(story)
        author = find_user(author_id)
        pages = _followers(author_id) if author and not author.is_pulled else iter(())
    for user_ids in pages:
        if user_ids:
            # One at a time: ten such jobs would be larger than a batch of SQS may be.
            job = {"author_id": author_id, "story_id": story_id, "user_ids": user_ids}
            send("story-fan-out", to_json(job))


def _followers(author_id: str) -> Iterator[list[str]]:
    followers, after = follower_page(author_id, PAGE)
    yield followers
    while after:
        followers, after = follower_page(author_id, PAGE, after)
        yield followers


def _close_friends(author_id: str) -> Iterator[list[str]]:
    """The close friends who follow the author: a tray shows followed accounts alone."""
    friends, after = close_friend_page(author_id, PAGE)
    yield _following(friends, author_id)
    while after:
        friends, after = close_friend_page(author_id, PAGE, after)
        yield _following(friends, author_id)


def _following(user_ids: list[str], author_id: str) -> list[str]:
    found = read_items(
        key for user_id in user_ids for key in relation_keys(user_id, author_id, ("follows",))
    )
    return [each for each in user_ids if relation_from(found, each, author_id).follows]
