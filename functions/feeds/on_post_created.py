"""post.created, post.restored, and post.updated with another audience: queue fan-out jobs, one for
each page of the author's followers."""

from posts.public import find_ready
from shared.encoding import to_json
from shared.events.envelopes import Envelope
from shared.events.posts import PostCreated, PostRestored, PostUpdated
from shared.messaging.queues import consumer, send
from users.public import find_user, follower_page

app = consumer()

PAGE = 1000  # followers in one job


@app.on(PostCreated)
def on_post_created(envelope: Envelope, event: PostCreated) -> None:
    """Send the jobs of a new post."""
    _send_jobs(event.post_id)


@app.on(PostRestored)
def on_post_restored(envelope: Envelope, event: PostRestored) -> None:
    """Send them again: those who follow now may not have followed then."""
    _send_jobs(event.post_id)


@app.on(PostUpdated)
def on_post_updated(envelope: Envelope, event: PostUpdated) -> None:
    """Send them if the audience has changed: before, it may have been the author alone."""
    if "visibility" in event.changed:
        _send_jobs(event.post_id)


def _send_jobs(post_id: str) -> None:
    """Send all jobs. A run that fails half-way starts again from the beginning: a job that runs
    twice writes the same entries."""
    post = find_ready(post_id)
    author = find_user(post.author_id) if post else None
    if post is None or post.visibility == "private" or author is None or author.is_pulled:
        return  # a celebrity's posts are pulled when a follower reads the feed
    shared = {"post_id": post_id, "author_id": post.author_id, "is_reel": post.is_reel}
    after = None
    while True:
        followers, after = follower_page(post.author_id, PAGE, after)
        if followers:
            # One at a time: ten such jobs would be larger than a batch of SQS may be.
            send("feed-fan-out", to_json({**shared, "user_ids": followers}))
        if after is None:
            return
