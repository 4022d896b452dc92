"""The stream of descriptions: `alt_text.suggested`."""

from collections.abc import Iterator

from ai.models import AltText
from shared.dynamodb.changes import Change
from shared.events.ai import AltTextSuggested
from shared.messaging.streams import stream

app = stream("ai")


@app.publishes(AltText)
def alt_texts(change: Change[AltText]) -> Iterator[tuple[None, AltTextSuggested]]:
    """A description is told of when it may go to its picture by itself."""
    found = change.new
    if found and found.fills and found.text and change.changed("text", "fills"):
        yield None, AltTextSuggested(found.upload_id, found.owner_id, found.text)
