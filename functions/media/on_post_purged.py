"""post.purged: delete the uploads that only this post showed."""

from media.uploads import detach
from shared.events.envelopes import Envelope
from shared.events.posts import PostPurged
from shared.messaging.queues import consumer

app = consumer()


@app.on(PostPurged)
def on_post_purged(envelope: Envelope, event: PostPurged) -> None:
    """Release the uploads; the stream removes the files of those that nothing shows any more."""
    for upload_id in event.upload_ids:
        detach(upload_id, event.post_id)
