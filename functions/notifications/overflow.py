"""What is beyond the threshold of its window: it makes no entry, but its window has a digest.

Whether a fact is beyond it depends on what its tally has counted, which never falls. So once a
digest exists, no fact of its window makes an entry, whenever and however often it is reported.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from notifications.digests import (
    FOLDED,
    THRESHOLD,
    actors_of,
    digest_id_of,
    latest_of,
    new_digest,
    tally_of,
)
from notifications.models import Notification, NotificationStats
from notifications.permitted_entries import write_permitted
from notifications.push_pace import push_later, waits
from shared.clock import seconds
from shared.dynamodb.tables import (
    Found,
    Key,
    LostRace,
    WriteConflict,
    read_items,
    retry_lost_races,
)

_FRESH = 1  # seconds by which the actors of a digest may be older than the latest fact
_MANY = 10  # facts about one thing in a batch: as many as the queue delivers at once


class Sifted(NamedTuple):
    """Entries, by what becomes of them."""

    own: list[Notification]  # they are written, or withdrawn
    folded: list[Notification]  # their digests stand for them


def sift(entries: Sequence[Notification]) -> Sifted:
    """Find the entries that digests stand for. What was undone leaves the actors of its digest."""
    keys = {id(each): _decisive(each) for each in entries if each.type in FOLDED}
    found = read_items(keys.values(), consistent=True)
    sifted = Sifted([], [])
    for entry in entries:
        stored = found.at(keys[id(entry)]) if id(entry) in keys else None
        if entry.withdrawn_at and stored:
            _forget_actor(entry, stored)
        if stored is None:
            sifted.own.append(entry)
        elif entry.withdrawn_at:
            # A fact from before the digest may have an entry, or get one by a late event.
            if entry.created_at <= stored.folds_from:
                sifted.own.append(entry)
        else:
            (sifted.folded if stored.made > THRESHOLD else sifted.own).append(entry)
    return sifted


def _decisive(entry: Notification) -> Key:
    """The key of what decides about an entry: the tally of a fact, the digest of an undone one."""
    if entry.withdrawn_at:
        return (Notification, entry.user_id, digest_id_of(entry))
    return tally_of(entry)


def fold(entries: Sequence[Notification]) -> set[int]:
    """See to it that these entries have their digests, with the latest actors, and that the
    digests are pushed; return the `id()` of each entry whose digest could not be written."""
    of_digests: dict[tuple[str, str], list[Notification]] = {}
    for entry in entries:
        of_digests.setdefault((entry.user_id, digest_id_of(entry)), []).append(entry)
    keys: list[Key] = [(Notification, *key) for key in of_digests]
    found = read_items(
        [*keys, *((NotificationStats, user_id) for user_id, _ in of_digests)], consistent=True
    )
    begun = {key: new_digest(facts) for key, facts in of_digests.items() if not _at(found, key)}
    refused = write_permitted(list(begun.values()))
    for key, facts in of_digests.items():
        digest = _at(found, key)
        if digest and not digest.withdrawn_at:
            _follow_up(digest, facts, found.get(NotificationStats, key[0]))
    return {
        id(each)
        for key, digest in begun.items()
        if id(digest) in refused
        for each in of_digests[key]
    }


def _at(found: Found, key: tuple[str, str]) -> Notification | None:
    return found.get(Notification, *key)


def _follow_up(
    digest: Notification, facts: Sequence[Notification], stats: NotificationStats | None
) -> None:
    """Show the latest actors, and push the digest. While facts come in full batches, this is done
    once a second: the others are in the number that the next push reads."""
    latest = latest_of(facts)
    is_shown = seconds(latest) < seconds(digest.created_at) + _FRESH
    if len(facts) >= _MANY and is_shown and waits(stats, digest.notification_id):
        return
    _edit_actors(digest, lambda before: actors_of(facts, before), latest)
    push_later(digest.user_id, digest.notification_id, stats)


def _forget_actor(entry: Notification, digest: Notification) -> None:
    """Take the actor of an undone fact off the actors of its digest."""
    if entry.actor_id in digest.actors:
        _edit_actors(
            digest, lambda acted: {each: at for each, at in acted.items() if each != entry.actor_id}
        )


def _edit_actors(
    digest: Notification, edit: Callable[[dict[str, str]], dict[str, str]], latest: str = ""
) -> None:
    def write() -> None:
        stored = Notification.find(digest.user_id, digest.notification_id, consistent=True)
        if stored is None:
            return
        acted = edit(actors_of([], stored.actors))
        if acted == stored.actors:
            return
        stored.change(
            Notification.actors.set(acted),
            Notification.created_at.set(max(stored.created_at, latest)),
            condition=Notification.actors == stored.actors,
        )

    # Where many others edit them at the same time, their actors are as good as these.
    with suppress(LostRace, WriteConflict):
        retry_lost_races(write)
