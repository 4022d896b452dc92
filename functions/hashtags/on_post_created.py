"""post.created, post.updated, post.deleted and post.restored: the tags follow the post."""

from hashtags.tag_sync import sync_post
from shared.events.envelopes import Envelope
from shared.events.posts import PostCreated, PostDeleted, PostRestored, PostUpdated
from shared.messaging.queues import consumer

app = consumer()

_DECISIVE = {"caption", "visibility"}


@app.on(PostCreated)
def on_post_created(envelope: Envelope, event: PostCreated) -> None:
    """Look at the post as it is now."""
    sync_post(event.post_id)


@app.on(PostUpdated)
def on_post_updated(envelope: Envelope, event: PostUpdated) -> None:
    """Look at it, if its words or its audience have changed."""
    if _DECISIVE.intersection(event.changed):
        sync_post(event.post_id)


@app.on(PostDeleted)
def on_post_deleted(envelope: Envelope, event: PostDeleted) -> None:
    """Look at it, whether it is gone for good or could come back."""
    sync_post(event.post_id)


@app.on(PostRestored)
def on_post_restored(envelope: Envelope, event: PostRestored) -> None:
    """Look at it again."""
    sync_post(event.post_id)
