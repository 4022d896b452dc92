"""message.received: create the entry of a conversation whose messages are still unread.

The queue holds each event back for 5 s, in which most people who look at the conversation have read
the message.
"""

from collections.abc import Sequence
from typing import Any, cast

from chat.public import InboxRow
from notifications.message_entries import message_entry
from notifications.permitted_entries import write_permitted
from shared.dynamodb.tables import read_items
from shared.events.chat import MessageReceived
from shared.events.envelopes import Envelope
from shared.messaging.queues import consumer

app = consumer()


@app.on_batch(MessageReceived)
def on_message_received(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Write the entries of members who have not read, left or muted the conversation by now;
    return the events of which the entry could not be written."""
    received = [cast("MessageReceived", envelope.event) for envelope in envelopes]
    keys: list[Any] = [(InboxRow, each.user_id, each.conversation_id) for each in received]
    rows = read_items(keys, consistent=True)
    entries = [
        (envelope, message_entry(event))
        for envelope, event, key in zip(envelopes, received, keys, strict=True)
        if key in rows and rows[key].announces(event.message_id)
    ]
    refused = write_permitted([entry for _, entry in entries])
    return [envelope for envelope, entry in entries if id(entry) in refused]
