"""What happens to posts: bring what may be shown to strangers, and how it ranks, in step with
them."""

from collections.abc import Collection, Sequence

from feeds.discovery_index import sync_explore, sync_reels
from shared.events.comments import CommentDeleted, PostCommented
from shared.events.envelopes import Envelope
from shared.events.posts import (
    PostCreated,
    PostDeleted,
    PostLiked,
    PostRestored,
    PostShared,
    PostUnliked,
    PostUnshared,
    PostUpdated,
)
from shared.messaging.queues import consumer

app = consumer()

_ABOUT_THE_POST = (PostCreated, PostUpdated, PostRestored, PostDeleted)
_RECEPTION = (PostLiked, PostUnliked, PostCommented, CommentDeleted, PostShared, PostUnshared)


@app.on_batch(*_ABOUT_THE_POST, *_RECEPTION)
def on_post_changed(envelopes: Sequence[Envelope]) -> Collection[Envelope]:
    """Look at each post once, however many events of the batch are about it."""
    events = [envelope.event for envelope in envelopes]
    posts = [event.post_id for event in events if isinstance(event, _ABOUT_THE_POST)]
    received = [event.post_id for event in events if isinstance(event, _RECEPTION)]
    sync_explore([*posts, *received])
    sync_reels(posts)
    return ()
