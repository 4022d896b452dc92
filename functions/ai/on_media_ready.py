"""media.ready: describe a picture without an alternative text, if its owner allows it."""

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

# Purposes whose pictures are shown with a text. No others are sent to a model: no identity proofs.
_SHOWN_WITH_TEXT: Final = {"post", "story", "message"}


@app.on(MediaReady)
def on_media_ready(envelope: Envelope, event: MediaReady) -> None:
    """Ask the model once. The stream of its table publishes the description."""
    if not is_on() or event.kind != "image" or event.media["alt_text"]:
        return
    owner = find_user(event.owner_id)
    if owner is not None and owner.suggest_alt_text:
        with suppress(UploadNotFound):  # it has been deleted
            _describe(event.upload_id, event.owner_id)


def _describe(upload_id: str, owner_id: str) -> None:
    upload = find_upload(upload_id, owner_id)
    if upload.purpose in _SHOWN_WITH_TEXT and not upload.alt_text:
        describe(owner_id, stored_media(upload), fills=True)
