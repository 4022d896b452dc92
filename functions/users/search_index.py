"""The search index of people: entries by the first characters of their terms, popular ones first.

Each term of an account has an entry under its first one, two and three characters. The entries
depend only on the account's tier and terms, which one more item, the record, remembers (see
shared/dynamodb/projections.py).
"""

from collections.abc import Iterable, Iterator, Sequence

from pynamodb.expressions.condition import Condition

from shared.dynamodb.changes import Change
from shared.dynamodb.projections import sync
from shared.dynamodb.tables import query
from shared.messaging import queues
from users.accounts import find_user, is_shown
from users.models import User, UserSearch
from users.search_terms import terms_of, tier_of

QUEUE = "user-search"
LONGEST_PREFIX = 3
_EVERYBODY = "#everybody"  # a partition of all accounts; prefixes never begin with "#"
_RECORD = "record"
# The attributes that decide on an account's entries here and in `account_list`, with its tier.
_DECISIVE = ("username", "name", "email", "status", "status_before_ban", "banned_until")


def queue_jobs(changes: Sequence[Change[User]]) -> None:
    """Queue a job for each account whose entries may have changed.

    A follower count that stays in its tier queues none.
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


def entries_under(
    prefix: str, range_condition: Condition | None, limit: int, words: Iterable[str] = ()
) -> list[UserSearch]:
    """At most `limit` entries of a partition in order, of accounts with a term that begins with
    each of `words`."""
    matching: Condition | None = None
    for word in words:
        begins = UserSearch.terms.contains(f" {word}")
        matching = begins if matching is None else matching & begins
    found, _ = query(
        UserSearch, prefix, range_condition, limit=limit, newest_first=False, matching=matching
    )
    return found


def most_popular(limit: int) -> list[UserSearch]:
    """The entries of the most popular accounts, at most `limit`."""
    return entries_under(_EVERYBODY, None, limit)


def _is_decisive(change: Change[User]) -> bool:
    if change.old is None or change.new is None or change.changed(*_DECISIVE):
        return True
    return tier_of(change.old) != tier_of(change.new)


def _current_record(user_id: str) -> UserSearch | None:
    """The record that the account should have; None if searches must not find it."""
    user = find_user(user_id, consistent=True)
    if user is None or not _can_be_shown(user):
        return None
    terms = "".join(f" {term}" for term in terms_of(user))
    return UserSearch(f"#{user_id}", _RECORD, terms=terms, tier=str(tier_of(user)))


def _can_be_shown(user: User) -> bool:
    # The end of a timed ban is written late, so the entry stays; searches check the account.
    return is_shown(user) or (user.status == "banned" and user.banned_until is not None)


def _entries(record: UserSearch) -> Iterator[UserSearch]:
    """The entries that belong to a record."""
    user_id = record.prefix[1:]
    places = [(_EVERYBODY, f"{record.tier}#{user_id}")]
    for term in record.terms.split():
        places += [(prefix, f"{record.tier}#{term}#{user_id}") for prefix in prefixes_of(term)]
    for place in places:
        yield UserSearch(*place, terms=record.terms)


def prefixes_of(term: str) -> Iterator[str]:
    """The prefixes under which a term has entries."""
    for length in range(1, min(len(term), LONGEST_PREFIX) + 1):
        yield term[:length]
