"""media.ready: describe a picture whose owner gave no alternative text, and allows it."""

from contextlib import suppress
from typing import Final

from ai.assistant import is_on
from ai.pictures import describe
from media.public import find_upload, stored_media
from shared.errors import UploadNotFound
from shared.events.envelopes import Envelope
from shared.events.media import MediaReady
from shared.messaging.queues import consumer
from users.public import find_user

app = consumer()

# Where a picture is shown with its text. A model is shown no other: no proof of who somebody is.
_SHOWN_WITH_TEXT: Final = {"post", "story", "message"}


@app.on(MediaReady)
def on_media_ready(envelope: Envelope, event: MediaReady) -> None:
    """Ask the model once. What it says is told by the stream of its table."""
    if not is_on() or event.kind != "image" or event.media["alt_text"]:
        return
    owner = find_user(event.owner_id)
    if owner is not None and owner.suggest_alt_text:
        with suppress(UploadNotFound):  # it was deleted meanwhile
            _describe(event.upload_id, event.owner_id)


def _describe(upload_id: str, owner_id: str) -> None:
    upload = find_upload(upload_id, owner_id)
    if upload.purpose in _SHOWN_WITH_TEXT and not upload.alt_text:
        describe(owner_id, stored_media(upload), fills=True)
