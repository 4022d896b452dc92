"""Events of the assistant."""

from dataclasses import dataclass

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class AltTextSuggested(Event):
    """A model described a picture whose owner allows it."""

    type = "alt_text.suggested"
    topic = "ai"

    upload_id: str
    owner_id: str
    text: str
