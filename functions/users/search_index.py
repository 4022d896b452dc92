"""What people are found by: for each account and each of its terms an entry under the term's first
one, two and three characters, the popular first.

An account's entries follow from its tier and terms alone, which one more item, the record,
remembers (see shared/dynamodb/projections.py).
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
_EVERYBODY = "#everybody"  # a partition like those of prefixes, which never begin with a "#"
_RECORD = "record"
# What of an account decides on its entries, besides its tier.
_DECISIVE = ("username", "name", "status", "status_before_ban", "banned_until")


def announce(changes: Sequence[Change[User]]) -> None:
    """Send a job for each account whose entries the changes may have touched; a count that stays in
    its tier sends none."""
    user_ids = dict.fromkeys(change.item.user_id for change in changes if _is_decisive(change))
    queues.send_jobs(QUEUE, ({"user_id": user_id} for user_id in user_ids))


def refresh(user_id: str) -> None:
    """Bring the entries of an account in step with what it is now."""
    sync(
        lambda: UserSearch.find(f"#{user_id}", _RECORD, consistent=True),
        lambda: _wanted(user_id),
        _entries,
    )


def entries_under(
    prefix: str, range_condition: Condition | None, limit: int, words: Iterable[str] = ()
) -> list[UserSearch]:
    """At most `limit` entries of a partition in their order, of accounts that have terms which
    begin with each of `words`."""
    matching: Condition | None = None
    for word in words:
        begins = UserSearch.terms.contains(f" {word}")
        matching = begins if matching is None else matching & begins
    found, _ = query(
        UserSearch, prefix, range_condition, limit=limit, newest_first=False, matching=matching
    )
    return found


def everybody(limit: int) -> list[UserSearch]:
    """The most popular accounts: at most `limit`."""
    return entries_under(_EVERYBODY, None, limit)


def _is_decisive(change: Change[User]) -> bool:
    if change.old is None or change.new is None or change.changed(*_DECISIVE):
        return True
    return tier_of(change.old) != tier_of(change.new)


def _wanted(user_id: str) -> UserSearch | None:
    """The record that the account should have; None if it is not to be found."""
    user = find_user(user_id, consistent=True)
    if user is None or not _can_be_shown(user):
        return None
    terms = "".join(f" {term}" for term in terms_of(user))
    return UserSearch(f"#{user_id}", _RECORD, terms=terms, tier=str(tier_of(user)))


def _can_be_shown(user: User) -> bool:
    # A ban that ends by itself changes nothing when it does: who reads the entry sees it.
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
    """The partitions that hold a term."""
    for length in range(1, min(len(term), LONGEST_PREFIX) + 1):
        yield term[:length]
