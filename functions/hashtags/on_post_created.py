"""post.created, post.updated, post.deleted and post.restored: sync the tags of a post."""

from hashtags.tag_sync import sync_post
from shared.events.envelopes import Envelope
from shared.events.posts import PostCreated, PostDeleted, PostRestored, PostUpdated
from shared.messaging.queues import consumer

app = consumer()

_RELEVANT = {"caption", "visibility"}


@app.on(PostCreated)
def on_post_created(envelope: Envelope, event: PostCreated) -> None:
    """Sync the tags with the post as it is now."""
    sync_post(event.post_id)


@app.on(PostUpdated)
def on_post_updated(envelope: Envelope, event: PostUpdated) -> None:
    """Sync them if the caption or the audience has changed."""
    if _RELEVANT.intersection(event.changed):
        sync_post(event.post_id)


@app.on(PostDeleted)
def on_post_deleted(envelope: Envelope, event: PostDeleted) -> None:
    """Remove them, whether the post is deleted for good or can be restored."""
    sync_post(event.post_id)


@app.on(PostRestored)
def on_post_restored(envelope: Envelope, event: PostRestored) -> None:
    """Store them again."""
    sync_post(event.post_id)
