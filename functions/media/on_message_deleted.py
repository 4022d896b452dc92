"""message.deleted: delete the upload that only this message showed."""

from media.uploads import detach
from shared.events.chat import MessageDeleted
from shared.events.envelopes import Envelope
from shared.messaging.queues import consumer

app = consumer()


@app.on(MessageDeleted)
def on_message_deleted(envelope: Envelope, event: MessageDeleted) -> None:
    """Release the upload; the stream removes the files of one that nothing shows any more."""
    for upload_id in event.upload_ids:
        detach(upload_id, event.message_id)
