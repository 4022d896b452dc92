"""Queue notifications: make the entry of every fact that somebody wants to hear of, or withdraw it.

One read decides for the whole batch, and one write makes all its entries.
"""

from collections.abc import Sequence

from notifications.facts import entry_of
from notifications.models import Notification
from notifications.writing import write_entries
from shared.events import (
    Envelope,
    FollowRequested,
    PostCreated,
    PostLiked,
    PostUnliked,
    UserFollowed,
    UserUnfollowed,
)
from shared.queues import consumer
from shared.tables import read_items
from users.public import relation_from, relation_keys

app = consumer()


@app.on_batch(PostCreated, PostLiked, PostUnliked, UserFollowed, UserUnfollowed, FollowRequested)
def write_down(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Write the entries of a batch of events; return the events whose entry could not be."""
    entries = [(envelope, entry_of(envelope.event)) for envelope in envelopes]
    wanted = _without_blocked([entry for _, entry in entries if entry])
    refused = {id(entry) for entry in write_entries(wanted)}
    return [envelope for envelope, entry in entries if id(entry) in refused]


def _without_blocked(entries: Sequence[Notification]) -> list[Notification]:
    """Those that are not about somebody whom the told person blocks, or who blocks them."""
    pairs = {
        (entry.user_id, entry.actor_id)
        for entry in entries
        if entry.actor_id and not entry.withdrawn_at
    }
    items = read_items(
        key for pair in pairs for key in relation_keys(*pair, kinds=("blocks", "blocked_by"))
    )
    if not items:
        return list(entries)
    blocked = {pair for pair in pairs if relation_from(items, *pair).blocked}
    return [
        entry
        for entry in entries
        if entry.withdrawn_at or (entry.user_id, entry.actor_id) not in blocked
    ]
