"""Queue notifications: create the entries of the facts that people want to know, or withdraw them.

One read serves the whole batch, and one write creates all its entries. Of a storm of facts, those
beyond a threshold become part of a digest instead (`overflow`), which writes nothing for each.
"""

from collections.abc import Sequence

from notifications.event_mapping import HANDLED, entries_of
from notifications.overflow import fold, sift
from notifications.permitted_entries import write_permitted
from shared.events.envelopes import Envelope
from shared.messaging.queues import consumer

app = consumer()


@app.on_batch(*HANDLED)
def create_entries(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Write the entries of a batch of events; return the events of which an entry could not be
    written."""
    entries = [(envelope, entry) for envelope in envelopes for entry in entries_of(envelope.event)]
    own, folded = sift([entry for _, entry in entries])
    refused = write_permitted(own) | fold(folded)
    failed = {id(envelope): envelope for envelope, entry in entries if id(entry) in refused}
    return list(failed.values())
