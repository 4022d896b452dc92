"""Pages of a person's list in groups, the one with the latest entry first."""

from collections.abc import Callable
from typing import Any, NamedTuple

from notifications.digests import is_digest
from notifications.groups import GroupShape, group_shape, grouped, whole_days
from notifications.models import Notification
from notifications.read_epochs import is_unread, stats_of
from notifications.visible_notifications import ids_of_deleted, is_listed, visible_shapes
from shared.dynamodb.tables import in_parallel, query, resume_key

WINDOW = 400  # entries that a page is made of, at most
_NAMING = 2  # digests of a group, the newest, whose actors are read: twelve, of whom it shows three


class GroupPage(NamedTuple):
    """A page of groups."""

    groups: list[GroupShape]
    following: dict[str, Any] | None  # where the next page continues
    unread_count: int  # of the whole list


def page_of_groups(
    user_id: str,
    limit: int,
    after: dict[str, Any] | None,
    *,
    unread_only: bool = False,
    languages: str = "",
) -> GroupPage:
    """The next page of groups, made of the whole days among the next entries.

    Pages within these days read them again, and continue below the last group that was shown. Only
    of a day with more entries than one window can a group come again, with its other entries.
    """
    start, below = (after or {}).get("from"), (after or {}).get("below")
    stats = stats_of(user_id)
    matching = is_listed() & is_unread(stats.read_epoch) if unread_only else is_listed()
    found, more = query(Notification, user_id, limit=WINDOW, after=start, matching=matching)
    entries = whole_days(found) if found and more else found
    if len(entries) < len(found):
        more = resume_key(Notification, entries[-1])
    pending = [
        (group_id, of_group)
        for group_id, of_group in grouped(entries).items()
        if below is None or of_group[0].notification_id < below
    ]
    page = pending[:limit]
    for _, of_group in page:
        for digest in list(filter(is_digest, of_group))[_NAMING:]:
            digest.actors = {}
    listed = [entry for _, of_group in page for entry in of_group]
    filters: list[Callable[[], Any]] = [
        lambda: visible_shapes(user_id, listed, stats.read_epoch, languages),
        lambda: ids_of_deleted(listed),
    ]
    shapes, of_deleted = in_parallel(*filters)
    shown = {shape["id"]: shape for shape in shapes if shape["id"] not in of_deleted}
    groups = []
    for group_id, of_group in page:
        visible = [
            shown[each.notification_id] for each in of_group if each.notification_id in shown
        ]
        if visible:
            groups.append(group_shape(group_id, of_group, visible, languages))
    following: dict[str, Any] | None = {"from": more} if more else None
    if len(pending) > limit:
        following = {"from": start, "below": page[-1][1][0].notification_id}
    return GroupPage(groups, following, max(stats.unread_count, 0))
