"""The search index of people: entries by the first characters of their terms, popular ones first.

Each term of an account has entries under its prefixes, and the words of its name have some together
(`shared/dynamodb/prefixes.py`). The entries depend only on the account's rank and terms, which one
more item, the record, remembers (see shared/dynamodb/projections.py).
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from pynamodb.expressions.condition import Condition

from shared.dynamodb.changes import Change
from shared.dynamodb.prefixes import EVERYTHING, MARK, partitions_of, rank, ranked
from shared.dynamodb.projections import sync
from shared.dynamodb.tables import Key, query
from shared.messaging import queues
from shared.words import words_of
from users import earlier_search
from users.accounts import find_user, is_shown
from users.earlier_search import with_terms
from users.models import User, UserSearch
from users.search_terms import joined, terms_of

QUEUE = "user-search"
_EVERYBODY = f"{EVERYTHING}everybody"
_RECORD = "record"
_MOST = 48  # entries of an account: a transaction replaces all of them
# The attributes that decide on an account's entries here and in `account_list`, with its rank.
_DECISIVE = ("username", "name", "email", "status", "status_before_ban", "banned_until")


def queue_jobs(changes: Sequence[Change[User]]) -> None:
    """Queue a job for each account whose entries may have changed.

    A follower count that keeps its rank queues none.
    """
    user_ids = dict.fromkeys(change.item.user_id for change in changes if _is_decisive(change))
    queues.send_jobs(QUEUE, ({"user_id": user_id} for user_id in user_ids))


def refresh(user_id: str) -> None:
    """Sync the entries of an account with the account as it is now."""
    sync(
        lambda: UserSearch.find(f"#{user_id}", _RECORD, consistent=True),
        lambda: _current_record(user_id),
        _entries,
    )


def entries_under(partition: str, limit: int, begins: Sequence[str] = ()) -> list[UserSearch]:
    """The most popular entries of a partition, at most `limit`, of accounts with a term that begins
    with each of these words."""
    return _first(partition, limit, UserSearch.place.startswith(MARK), with_terms(begins))


def all_entries_under(partition: str, limit: int) -> list[UserSearch]:
    """The same, with those of an earlier version."""
    return _first(partition, limit)


def most_popular(limit: int) -> list[UserSearch]:
    """The entries of the most popular accounts, at most `limit`."""
    return all_entries_under(_EVERYBODY, limit)


def record_key(user_id: str) -> Key:
    """The key of the record of an account, which has its terms."""
    return UserSearch, f"#{user_id}", _RECORD


def _first(
    partition: str, limit: int, place: Condition | None = None, matching: Condition | None = None
) -> list[UserSearch]:
    found, _ = query(
        UserSearch, partition, place, limit=limit, newest_first=False, matching=matching
    )
    return found


def _is_decisive(change: Change[User]) -> bool:
    if change.old is None or change.new is None or change.changed(*_DECISIVE):
        return True
    return rank(change.old.follower_count) != rank(change.new.follower_count)


def _current_record(user_id: str) -> UserSearch | None:
    """The record that the account should have; None if searches must not find it."""
    user = find_user(user_id, consistent=True)
    if user is None or not _can_be_shown(user):
        return None
    return UserSearch(
        f"#{user_id}",
        _RECORD,
        terms="".join(f" {term}" for term in terms_of(user)),
        joined=joined(words_of(user.name)) or None,
        rank=rank(user.follower_count),
    )


def _can_be_shown(user: User) -> bool:
    # The end of a timed ban is written late, so the entry stays; searches check the account.
    return is_shown(user) or (user.status == "banned" and user.banned_until is not None)


def _entries(record: UserSearch) -> Iterator[UserSearch]:
    """The entries that belong to a record."""
    if record.tier:
        yield from earlier_search.entries(record)
        return
    backwards = record.prefix[:0:-1]  # of the id, so that new entries of a rank are spread
    for partition in islice(dict.fromkeys(_partitions(record)), _MOST):
        place = f"{ranked(partition, record.rank)}{backwards}"
        yield UserSearch(partition, place, terms=record.terms)


def _partitions(record: UserSearch) -> Iterator[str]:
    """Where an account is found: the username and the whole name first, as long names may have more
    words than there is room for."""
    username, *words = record.terms.split()
    yield _EVERYBODY
    yield from partitions_of(username)
    if record.joined:
        yield from partitions_of(record.joined)
    for word in words:
        yield from partitions_of(word)
