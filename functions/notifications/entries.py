"""An entry, made of the fact that it reports.

The id of an entry is derived from the fact: what happened, by whom, to what, and when. So an event
that is delivered twice makes one entry, and the event that undoes the fact finds that entry,
because it names the same fact.
"""

from notifications.models import Notification
from shared.clock import now, seconds, timestamp
from shared.ids import derived_id

_DAY = 24 * 3600
_LIFE = 90 * _DAY  # seconds
# Longer than any queue, including its dead-letter queue, can hold back an event.
_LIFE_OF_WITHDRAWN = 20 * _DAY

type Actor = tuple[str, str | None]  # id and username


def new_entry(
    user_id: str,
    type_name: str,
    at: str,
    actor: Actor | None,
    entity_id: str,
    post_id: str | None = None,
) -> Notification:
    """The entry of a fact in the list of `user_id`: what happened, when, by whom (None: nobody), to
    what, and on which post."""
    actor_id, username = actor or (None, None)
    return Notification(
        user_id,
        derived_id(seconds(at), type_name, actor_id or "", entity_id),
        type=type_name,
        actor_id=actor_id,
        actor_username=username,
        entity_id=entity_id,
        post_id=post_id,
        created_at=at,
        expires_at=int(now()) + _LIFE,
    )


def withdrawn(entry: Notification) -> Notification:
    """The entry of a fact that was undone: it stays for a while, so that a late event of the fact
    does not create it again."""
    entry.withdrawn_at = timestamp()
    entry.expires_at = int(now()) + _LIFE_OF_WITHDRAWN
    return entry
