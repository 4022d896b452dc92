"""Rebuild what follows from other items: timelines, explore, trays, inboxes.

python -m infra.rebuild KIND [--user NAME] [--after PLACE] [--stack hoshi] [--endpoint …]

    timelines   from follows, posts and collaborations
    explore     what explore, trending and the public reels choose from, from posts
    trays       from follows, live stories and views
    inboxes     from conversations and messages; what only a row knows (its read position) stays

Each reads its table page by page and looks at the present state of one thing after another, as the
consumers of events do, so it can run beside them, twice, or in part. After each page it prints the
place after which `--after` continues. `--user` rebuilds what one account has: its timeline, its
posts in explore, its tray, its conversations.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence

from infra.make_admin import configure
from infra.passes import Say, passed

_PAGE = 100  # posts of one account


def main() -> None:
    """Read the arguments and rebuild."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.rebuild",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--user", help="the username or e-mail address of one account")
    parser.add_argument("--after", help="the place that an earlier run printed last")
    parser.add_argument("--stack", default="hoshi", help="the deployment's name")
    parser.add_argument("--endpoint", help="of MiniStack or LocalStack")
    given = parser.parse_args()
    configure(given.stack, given.endpoint)
    user_id = None
    if given.user:
        from users.public import find_by_login

        user = find_by_login(given.user)
        if user is None:
            sys.exit(f"There is no account {given.user} in {given.stack}.")
        user_id = user.user_id
    done = rebuild(given.kind, user_id, given.after, lambda line: sys.stderr.write(f"{line}\n"))
    sys.stdout.write(f"{done} of {given.kind} rebuilt.\n")


def rebuild(
    kind: str, user_id: str | None = None, after: str | None = None, say: Say = lambda line: None
) -> int:
    """Rebuild one kind, of one account or of all; return how many things were looked at."""
    return sum(KINDS[kind](user_id, after, say))


def _timelines(user_id: str | None, after: str | None, say: Say) -> Iterator[int]:
    from feeds.empty_timelines import rebuild_timeline

    yield from _of_accounts(rebuild_timeline, user_id, after, say)


def _trays(user_id: str | None, after: str | None, say: Say) -> Iterator[int]:
    from stories.tray_rebuild import rebuild_tray

    yield from _of_accounts(rebuild_tray, user_id, after, say)


def _of_accounts(
    do: Callable[[str], None], user_id: str | None, after: str | None, say: Say
) -> Iterator[int]:
    from shared.dynamodb.tables import parallel_map

    pages = [[user_id]] if user_id else _ids("user_id", ["users"], after, say)
    for ids in pages:
        parallel_map(do, ids)
        yield len(ids)


def _explore(user_id: str | None, after: str | None, say: Say) -> Iterator[int]:
    from feeds.discovery_index import sync_explore, sync_reels

    # The index itself, too: it may have posts that are public no more.
    tables = ["posts", "explore-posts", "public-reels"]
    pages = _posts_of(user_id) if user_id else _ids("post_id", tables, after, say)
    for ids in pages:
        sync_explore(ids)
        sync_reels(ids)
        yield len(ids)


def _inboxes(user_id: str | None, after: str | None, say: Say) -> Iterator[int]:
    from chat.inbox_rebuild import rebuild_row
    from chat.models import Conversation
    from shared.dynamodb.tables import parallel_map, read_items

    moving: list[tuple[Conversation, str]] = []
    for ids in _ids("conversation_id", ["conversations"], after, say):
        found = read_items(((Conversation, each) for each in ids), consistent=True)
        rows = [
            (room, member)
            for room in found.of(Conversation)
            for member in room.member_ids()
            if user_id in (None, member)
        ]
        quiet = parallel_map(lambda row: rebuild_row(*row), rows)
        moving += [row for row, is_quiet in zip(rows, quiet, strict=True) if not is_quiet]
        yield len(rows)
    if moving:
        say(f"{len(moving)} rows of conversations that are in use were counted, not rebuilt")


def _posts_of(user_id: str) -> Iterator[list[str]]:
    from posts.public import posts_page

    after = None
    while True:
        posts, after = posts_page(user_id, _PAGE, after)
        yield [post.post_id for post in posts]
        if after is None:
            return


def _ids(name: str, tables: Sequence[str], after: str | None, say: Say) -> Iterator[list[str]]:
    return ([item[name]["S"] for item in items] for _, items in passed(tables, after, say))


KINDS: dict[str, Callable[[str | None, str | None, Say], Iterator[int]]] = {
    "timelines": _timelines,
    "explore": _explore,
    "trays": _trays,
    "inboxes": _inboxes,
}

if __name__ == "__main__":
    main()
