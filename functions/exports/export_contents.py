"""What is in the archive of an export: every service's topics, the files, and a README."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from auth import public as auth
from chat import public as chat
from exports.zip_stream import Archive
from media import public as media
from notifications import public as notifications
from posts import public as posts
from saved import public as saved
from shared.clock import timestamp
from shared.lifecycle.personal_data import Topic
from users import public as users

_OFTEN = 500  # items of a list between two looks at whether to go on

_README = """Your data on Hoshi
==================

This archive was made for @{username} at {moment}. It holds what you brought to Hoshi and what it
keeps about you; of other people, what you can see in the app. Every .json file is a list or an
object in UTF-8; times are in UTC.

{files}
media/
    The pictures and videos that you brought, as Hoshi keeps them; uploads.json tells of each.
"""
_LEFT_OUT = """media_left_out.json
    Files that are not in media/, because there are more than one archive takes or because they
    were deleted meanwhile.
"""


def write_contents(
    archive: Archive, user: users.User, go_on: Callable[[], None], has_time: Callable[[], bool]
) -> int:
    """Write everything; `go_on` raises when there is no use in it. All the JSON must fit; files are
    left out, and named, once `has_time` says no. Returns how many were left out."""
    lines = []
    for topic in _topics(user):
        go_on()
        content = topic.content
        archive.add_json(
            f"{topic.name}.json",
            content if isinstance(content, dict) else _checked(content, go_on),
        )
        if topic.about:
            lines.append(f"{topic.name}.json\n    {topic.about}\n")
    left_out = []
    for name, key in media.originals_of(user.user_id):
        go_on()
        if not (has_time() and archive.add_object(name, key)):
            left_out.append(name)
    if left_out:
        archive.add_json("media_left_out.json", ({"file": name} for name in left_out))
        lines.append(_LEFT_OUT)
    files = "".join(lines)
    readme = _README.format(username=user.username, moment=timestamp(), files=files)
    archive.add_text("README.txt", readme)
    return len(left_out)


def _topics(user: users.User) -> Iterator[Topic]:
    yield from users.export_of(user)
    for service in (auth, posts, saved, chat, notifications, media):
        yield from service.export_of(user.user_id)


def _checked(
    items: Iterable[dict[str, Any]], go_on: Callable[[], None]
) -> Iterator[dict[str, Any]]:
    for number, item in enumerate(items, 1):
        if number % _OFTEN == 0:
            go_on()
        yield item
