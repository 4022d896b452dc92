"""Filling a home timeline that was found empty, and rebuilding one from the follows.

A timeline is lost with its table, or by a restore from before it was written. So a home feed that
finds no entry at all fills it, once a day: a mark in the timeline, which sorts after all posts,
remembers that. (It lasts a minute until all entries are written.) Accounts that follow nobody get
neither entries nor a mark.
"""

from contextlib import suppress
from functools import partial

from feeds.models import MARK, Timeline
from feeds.timelines import LIFE, entry, sync_author, sync_collaboration
from posts.public import collaboration_page, latest_posts
from shared.clock import now, timestamp
from shared.dynamodb.tables import ConditionFailed, parallel_map, query, read_items, write_items
from shared.ids import time_of
from shared.parallel import wait_for_check
from users.public import find_users, followed_page, relation_from, relation_keys

_MARKED = 24 * 3600  # seconds
_TRIED = 60  # seconds: a fill that failed, or whose function was stopped, is tried again
_FOLLOWS = 200  # whose posts an empty timeline gets when it is read
_POSTS = 10  # of each of them
_PAGE = 1000  # entries or follows that a rebuild reads at once


def fill_timeline(user_id: str) -> bool:
    """Give an empty timeline the latest posts of accounts that its owner follows, none older than
    an entry can be; return whether there are any. Its cost is bounded: 200 small queries and 2,000
    entries. It writes, so it waits for the gate that runs beside a feed."""
    wait_for_check()
    found, _ = followed_page(user_id, _FOLLOWS)
    if not found or not _mark(user_id, _TRIED):
        return False
    authors = [each.user_id for each in find_users(found).values() if not each.is_pulled]
    posts = parallel_map(partial(latest_posts, limit=_POSTS), authors)
    entries = [
        entry(user_id, post.post_id, post.author_id, is_reel=post.is_reel)
        for of_author in posts
        for post in of_author
        if time_of(post.post_id) > now() - LIFE
    ]
    write_items(puts=entries)
    # Whose end of the follow was handled before these entries were written has none left.
    keys = (key for each in authors for key in relation_keys(user_id, each, ("follows",)))
    items = read_items(keys, consistent=True)
    followed = {each for each in authors if relation_from(items, user_id, each).follows}
    write_items(deletes=[each for each in entries if each.author_id not in followed])
    _mark_of(user_id, _MARKED).save()
    return bool(entries)


def rebuild_timeline(user_id: str) -> None:
    """Sync a timeline with everyone whom its owner follows, with other authors of posts in it, and
    with the posts on which its owner collaborates. Idempotent, beside all that happens
    meanwhile."""
    authors, after = set(), None
    while True:
        entries, after = query(Timeline, user_id, limit=_PAGE, after=after)
        authors |= {each.author_id for each in entries if each.post_id != MARK}
        if after is None:
            break
    while True:
        followed, after = followed_page(user_id, _PAGE, after)
        authors |= {*followed}
        if after is None:
            break
    for author_id in authors:
        sync_author(user_id, author_id)
    while True:
        posts, after = collaboration_page(user_id, _PAGE, after)
        for post in posts:
            sync_collaboration(user_id, post.post_id, post.author_id)
        if after is None:
            return


def _mark(user_id: str, life: int) -> bool:
    """Mark a timeline as filled, unless it is."""
    with suppress(ConditionFailed):
        _mark_of(user_id, life).create(Timeline.is_new() | (Timeline.expires_at < int(now())))
        return True
    return False


def _mark_of(user_id: str, life: int) -> Timeline:
    return Timeline(
        user_id,
        MARK,
        author_id=user_id,
        reason="filled",
        added_at=timestamp(),
        expires_at=int(now()) + life,
    )
