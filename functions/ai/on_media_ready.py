"""media.ready: describe a picture whose owner gave no alternative text, and allows it."""

from typing import cast

from ai.assistant import is_on
from ai.pictures import describe
from media.public import StoredMedia
from shared.events import Envelope, MediaReady
from shared.queues import consumer
from users.public import find_user

app = consumer()


@app.on(MediaReady)
def on_media_ready(envelope: Envelope, event: MediaReady) -> None:
    """Ask the model once. What it says is told by the stream of its table."""
    picture = cast(StoredMedia, event.media)
    if not is_on() or event.kind != "image" or picture["alt_text"]:
        return
    owner = find_user(event.owner_id)
    if owner is not None and owner.suggest_alt_text:
        describe(event.owner_id, picture, fills=True)
