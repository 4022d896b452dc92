"""Changes of posts, likes, comments and shares: sync the discovery index with the posts."""

from collections.abc import Collection, Sequence

from feeds.discovery_index import sync_explore, sync_reels
from shared.events.comments import CommentDeleted, CommentRestored, PostCommented
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

_POST = (PostCreated, PostUpdated, PostRestored, PostDeleted)
_ENGAGEMENT = (
    *(PostLiked, PostUnliked, PostShared, PostUnshared),
    *(PostCommented, CommentDeleted, CommentRestored),
)


@app.on_batch(*_POST, *_ENGAGEMENT)
def on_post_changed(envelopes: Sequence[Envelope]) -> Collection[Envelope]:
    """Sync each post once, however many events of the batch are about it."""
    events = [envelope.event for envelope in envelopes]
    changed = [event.post_id for event in events if isinstance(event, _POST)]
    engaged = [event.post_id for event in events if isinstance(event, _ENGAGEMENT)]
    sync_explore([*changed, *engaged])
    sync_reels(changed)
    return ()
