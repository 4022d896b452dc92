"""post.collaboration_accepted and post.collaboration_ended: the post enters or leaves the home feed
of who stands beside its author."""

from feeds.timelines import sync_collaboration
from shared.events.envelopes import Envelope
from shared.events.posts import CollaborationAccepted, CollaborationEnded
from shared.messaging.queues import consumer

app = consumer()


@app.on(CollaborationAccepted)
def on_collaboration_accepted(envelope: Envelope, event: CollaborationAccepted) -> None:
    """Bring the entry in step with whether they stand there now."""
    sync_collaboration(event.user_id, event.post_id, event.author_id)


@app.on(CollaborationEnded)
def on_collaboration_ended(envelope: Envelope, event: CollaborationEnded) -> None:
    """The same: they may have been asked again."""
    sync_collaboration(event.user_id, event.post_id, event.author_id)
