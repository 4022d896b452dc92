"""alt_text.suggested: a picture whose owner gave no alternative text gets the one of a model."""

from contextlib import suppress

from media.models import Upload
from shared.dynamodb.tables import ConditionFailed
from shared.events.ai import AltTextSuggested
from shared.events.envelopes import Envelope
from shared.messaging.queues import consumer

app = consumer()


@app.on(AltTextSuggested)
def on_alt_text_suggested(envelope: Envelope, event: AltTextSuggested) -> None:
    """The upload's stream tells the posts that show it. Again changes nothing."""
    is_without = (Upload.owner_id == event.owner_id) & Upload.alt_text.does_not_exist()
    with suppress(ConditionFailed):  # its owner wrote one meanwhile, or it is gone
        Upload(event.upload_id).change(
            Upload.alt_text.set(event.text), Upload.is_described.set(True), condition=is_without
        )
