"""Groups: the likes, comments, follows, shares and story likes of one thing within a day (UTC).

Which group an entry belongs to follows from the entry alone, so nothing is stored for groups. The
id of a group is derived from day, type and thing: it stays the same while the group grows, and its
time, a midnight, leads to the day's entries. An entry of another type is a group by itself, with
its own id.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypedDict

from notifications.digests import digest_id_of, is_digest, thing_of
from notifications.models import Notification
from notifications.shapes import NotificationShape
from notifications.types import message
from notifications.visible_notifications import is_listed
from shared.dynamodb.tables import query
from shared.ids import derived_id, first_id_at, time_of
from users.public import UserShape

_GROUPED = {
    *("post.liked", "comment.liked", "story.liked"),
    *("post.commented", "post.shared", "user.followed"),
}
_ACTORS = 3
_DAY = 24 * 3600
_PAGE = 500  # entries that are read at a time
_PAGES = 10  # of a day, to find the entries of one group


class GroupShape(TypedDict):
    """Shape NotificationGroup."""

    group_id: str
    kind: str
    type: str
    entity_type: str
    entity_id: str
    actors: list[UserShape]
    actor_count: int
    message: str
    latest: NotificationShape
    latest_at: str
    is_read: bool
    entry_ids: list[str]


def group_id_of(entry: Notification) -> str:
    """The id of the group that an entry belongs to."""
    if entry.type not in _GROUPED:
        return str(entry.notification_id)
    return derived_id(_day_of(entry.notification_id), "group", entry.type, thing_of(entry)[1])


def grouped(entries: Iterable[Notification]) -> dict[str, list[Notification]]:
    """Entries by the ids of their groups; those of a group, and the groups, newest first."""
    groups: dict[str, list[Notification]] = {}
    for entry in sorted(entries, key=lambda each: each.notification_id, reverse=True):
        groups.setdefault(group_id_of(entry), []).append(entry)
    return groups


def whole_days(entries: Sequence[Notification]) -> Sequence[Notification]:
    """The entries, newest first, without those of the last day, of which more may follow; all of
    them if they are of one day."""
    last = _day_of(entries[-1].notification_id)
    return [each for each in entries if _day_of(each.notification_id) > last] or entries


def entries_in(user_id: str, group_id: str) -> Iterator[Sequence[Notification]]:
    """The listed entries of a group of several, some at a time, the newest first; none if this
    cannot be the id of one, because its time is no midnight."""
    day = time_of(group_id)
    if day != _day_of(group_id):
        return
    # Ids that sort before the first of the next day; `between` includes both ends.
    within = Notification.notification_id.between(first_id_at(day), first_id_at(day + _DAY))
    after = None
    for _ in range(_PAGES):
        found, after = query(
            Notification, user_id, within, limit=_PAGE, after=after, matching=is_listed()
        )
        yield [entry for entry in found if group_id_of(entry) == group_id]
        if after is None:
            return


def group_shape(
    group_id: str,
    entries: Sequence[Notification],
    shapes: Sequence[NotificationShape],
    languages: str = "",
) -> GroupShape:
    """Shape NotificationGroup of the entries that the reader may see, newest first."""
    latest = shapes[0]
    entity_type, entity_id = thing_of(entries[0])
    actors = {each["id"]: each for shape in shapes for each in shape["actors"]}
    count = _actor_count(entries, shapes)
    return {
        "group_id": group_id,
        "kind": latest["kind"],
        "type": latest["type"],
        "entity_type": entity_type,
        "entity_id": entity_id,
        "actors": list(actors.values())[:_ACTORS],
        "actor_count": count,
        "message": message(
            latest["type"], latest["actor_username"], languages, others=max(count - 1, 0)
        ),
        "latest": latest,
        "latest_at": latest["created_at"],
        "is_read": all(each["is_read"] for each in shapes),
        "entry_ids": [each["id"] for each in shapes],
    }


def _actor_count(entries: Sequence[Notification], shapes: Sequence[NotificationShape]) -> int:
    """How many people a group stands for. A digest counts everybody of its ten minutes, also those
    who have entries of their own beside it."""
    of_shape = {shape["id"]: shape for shape in shapes}
    shown = [each for each in entries if each.notification_id in of_shape]
    digests = {each.notification_id for each in shown if is_digest(each)}
    alone = {
        each.actor_id
        for each in shown
        if each.actor_id and not is_digest(each) and digest_id_of(each) not in digests
    }
    return len(alone) + sum(of_shape[each]["actor_count"] for each in digests)


def _day_of(notification_id: str) -> float:
    moment = time_of(notification_id)
    return moment - moment % _DAY
