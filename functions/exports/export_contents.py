"""The contents of an export: the topics of every service, the files, and a README."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ai import public as ai
from auth import public as auth
from chat import public as chat
from emails import public as emails
from exports.zip_stream import Archive
from media import public as media
from moderation import public as moderation
from notifications import public as notifications
from posts import public as posts
from saved import public as saved
from shared.clock import timestamp
from shared.lifecycle.personal_data import Topic
from stories import public as stories
from users import public as users

_CHECK_EVERY = 500  # items of a list

_README = """Your data on Hoshi
==================

This archive was made for @{username} at {moment}. It contains what you added to Hoshi and what
Hoshi stores about you; of other people, what you can see in the app. Every .json file is a list or
an object in UTF-8; times are in UTC.

{files}
media/
    Your uploaded pictures and videos, as Hoshi stores them; uploads.json describes each.
"""
_LEFT_OUT = """media_left_out.json
    Files that are not in media/, because one archive cannot take them all or because they were
    deleted while it was made.
"""


def write_contents(
    archive: Archive, user: users.User, check: Callable[[], None], has_time: Callable[[], bool]
) -> int:
    """Write all contents and return the number of files that were left out.

    `check` is called often, and raises to stop the export. All the JSON must fit; once `has_time`
    is false, files are left out and listed in `media_left_out.json`.
    """
    lines = []
    for topic in _topics(user):
        check()
        content = topic.content
        archive.add_json(
            f"{topic.name}.json",
            content if isinstance(content, dict) else _checked(content, check),
        )
        if topic.about:
            lines.append(f"{topic.name}.json\n    {topic.about}\n")
    left_out = []
    for name, key in media.originals_of(user.user_id):
        check()
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
    services = (auth, posts, stories, saved, chat, notifications, moderation, media, ai, emails)
    for service in services:
        yield from service.export_of(user.user_id)


def _checked(
    items: Iterable[dict[str, Any]], check: Callable[[], None]
) -> Iterator[dict[str, Any]]:
    for number, item in enumerate(items, 1):
        if number % _CHECK_EVERY == 0:
            check()
        yield item
