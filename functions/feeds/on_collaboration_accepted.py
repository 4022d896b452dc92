"""post.collaboration_accepted and post.collaboration_ended: add the post to the collaborator's home
feed, or remove it."""

from feeds.timelines import sync_collaboration
from shared.events.envelopes import Envelope
from shared.events.posts import CollaborationAccepted, CollaborationEnded
from shared.messaging.queues import consumer

app = consumer()


@app.on(CollaborationAccepted)
def on_collaboration_accepted(envelope: Envelope, event: CollaborationAccepted) -> None:
    """Sync the entry with the collaboration as it is now."""
    sync_collaboration(event.user_id, event.post_id, event.author_id)


@app.on(CollaborationEnded)
def on_collaboration_ended(envelope: Envelope, event: CollaborationEnded) -> None:
    """Sync it as well: they may have accepted again since."""
    sync_collaboration(event.user_id, event.post_id, event.author_id)
