"""alt_text.suggested: set a model's alternative text on a picture without one."""

from contextlib import suppress

from media.models import Upload
from shared.dynamodb.tables import ConditionFailed
from shared.events.ai import AltTextSuggested
from shared.events.envelopes import Envelope
from shared.messaging.queues import consumer

app = consumer()


@app.on(AltTextSuggested)
def on_alt_text_suggested(envelope: Envelope, event: AltTextSuggested) -> None:
    """Set the text; the upload's stream publishes it to the posts that show it. Idempotent."""
    has_no_text = (Upload.owner_id == event.owner_id) & Upload.alt_text.does_not_exist()
    with suppress(ConditionFailed):  # the owner has written one, or the upload is gone
        Upload(event.upload_id).change(
            Upload.alt_text.set(event.text), Upload.is_described.set(True), condition=has_no_text
        )
