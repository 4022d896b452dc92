"""Digests: one entry for what more than a hundred people did to one thing within ten minutes.

A digest stores neither its facts nor their number: that is the tally of its ten minutes
(`shared/dynamodb/tallies.py`), read whenever the digest is shown. So a fact beyond the threshold
writes nothing into its reader's list, may be reported any number of times, and leaves the number
when it is undone. The number includes the people of the same ten minutes who have entries of their
own.
"""

from collections.abc import Iterable, Mapping, Sequence

from notifications.models import Notification
from notifications.types import TYPES
from shared.clock import now, seconds, timestamp
from shared.dynamodb.tables import Key, read_items
from shared.dynamodb.tallies import WINDOW, Tally, tally_key, window_of
from shared.ids import derived_id

THRESHOLD = 100  # facts of one type about one thing in a window that have entries of their own
# Each is one act of a person. A comment is not: its author may write many, and each says something.
FOLDED = {"post.liked", "comment.liked", "story.liked", "post.shared", "user.followed"}
_ACTORS = 6  # ids that a digest holds, so that three can be shown if some are hidden
_SKEW = 5  # seconds by which the clocks of two functions may differ


def is_digest(entry: Notification) -> bool:
    """Whether the entry is a digest."""
    return entry.folds_from is not None


def thing_of(entry: Notification) -> tuple[str, str]:
    """What an entry is about, where several people may do the same: kind and id."""
    if entry.type == "user.followed":
        return "user", entry.user_id
    if entry.type == "post.commented":
        return "post", str(entry.post_id)
    return TYPES[entry.type].entity, entry.entity_id


def tally_of(entry: Notification) -> Key:
    """The key of the tally that counts an entry's fact, or the facts of a digest."""
    return (Tally, *tally_key(entry.type, (thing_of(entry)[1], entry.created_at)))


def digest_id_of(entry: Notification) -> str:
    """The id of the digest of an entry's fact. Its time is the end of the window, so it is listed
    above the entries of the window."""
    end = seconds(window_of(entry.created_at)) + WINDOW - 0.0005
    return derived_id(end, "digest", entry.type, thing_of(entry)[1])


def new_digest(facts: Sequence[Notification]) -> Notification:
    """The digest that begins with these facts of one window."""
    fact = facts[0]
    return Notification(
        fact.user_id,
        digest_id_of(fact),
        type=fact.type,
        entity_id=thing_of(fact)[1],
        post_id=fact.post_id,
        created_at=latest_of(facts),
        expires_at=fact.expires_at,
        actors=actors_of(facts),
        # Facts after it are consumed after it, when the tally is beyond the threshold.
        folds_from=timestamp(now() + _SKEW),
    )


def latest_of(facts: Sequence[Notification]) -> str:
    """The time of the latest fact."""
    return max(each.created_at for each in facts)


def actors_of(
    facts: Sequence[Notification], before: Mapping[str, str] | Sequence[str] = ()
) -> dict[str, str]:
    """When each of the latest actors acted, by their ids, the latest first: of the actors `before`
    (`Notification.actors`) and those of more facts, which come in any order."""
    known = dict(before) if isinstance(before, Mapping) else dict.fromkeys(before, "")
    acts = [*((each.actor_id, each.created_at) for each in facts if each.actor_id), *known.items()]
    acted: dict[str, str] = {}
    for actor_id, at in acts:
        acted[actor_id] = max(at, acted.get(actor_id, ""))
    latest = sorted(acted, key=acted.__getitem__, reverse=True)
    return {actor_id: acted[actor_id] for actor_id in latest[:_ACTORS]}


def counts_of(entries: Iterable[Notification]) -> dict[str, int]:
    """How many people the digests among these entries stand for, by their ids."""
    keys = {entry.notification_id: tally_of(entry) for entry in entries if is_digest(entry)}
    found = read_items(keys.values(), consistent=True)
    return {each: found[key].number if key in found else 0 for each, key in keys.items()}
