"""The stream of descriptions: `alt_text.suggested`."""

from collections.abc import Iterator

from ai.models import AltText
from shared.dynamodb.changes import Change
from shared.events.ai import AltTextSuggested
from shared.messaging.streams import stream

app = stream("ai")


@app.publishes(AltText)
def alt_texts(change: Change[AltText]) -> Iterator[tuple[None, AltTextSuggested]]:
    """Publish alt_text.suggested if the description may become the text of its picture."""
    alt_text = change.new
    if alt_text and alt_text.fills and alt_text.text and change.changed("text", "fills"):
        yield None, AltTextSuggested(alt_text.upload_id, alt_text.owner_id, alt_text.text)
