"""The list of all accounts, whatever their status, for administrators: by time, by status, and by
the first characters of usernames, names and e-mail addresses; and the list of bans that end by
themselves, by their ends.

It follows from the accounts like the search index (`search_index.py`), by the same jobs.
"""

from collections.abc import Iterator
from typing import Any

from pynamodb.expressions.condition import Condition

from shared.dynamodb.projections import sync
from shared.dynamodb.tables import query
from shared.words import words_of
from users.accounts import account_status, find_user, find_users, status_without_ban
from users.models import AccountEntry, User
from users.search_terms import BEGINNING, beginnings_of, terms_of

EVERY = "all"  # instead of a status
TIMED_BANS = "timed_bans"  # the name of the list of bans that end by themselves
_RECORD = "record"
_MOST_WORDS = 5  # of a search; more are not compared


def refresh(user_id: str) -> None:
    """Sync the entries of an account with the account as it is now."""
    sync(
        lambda: AccountEntry.find(f"record#{user_id}", _RECORD, consistent=True),
        lambda: _current_record(user_id),
        _entries,
    )


def listed_accounts(
    status: str, text: str | None, limit: int, after: dict[str, Any] | None
) -> tuple[list[User], dict[str, Any] | None]:
    """A page of the accounts of a status (or of `EVERY`), newest first; with a text those that have
    words which begin with its words, by name. A page may be short before the end."""
    words = _words(text)[:_MOST_WORDS] if text else []
    if text and not words:
        return [], None
    if words:
        longest = max(words, key=len)
        prefix = longest[:BEGINNING]
        matching: Condition | None = None
        for word in words:
            has = AccountEntry.terms.contains(f" {word}")
            matching = has if matching is None else matching & has
        begins = AccountEntry.place.startswith(longest)
        found, following = query(
            AccountEntry,
            f"term#{prefix}",
            begins,
            limit=limit,
            after=after,
            newest_first=False,
            matching=matching,
        )
    else:
        found, following = query(AccountEntry, f"status#{status}", limit=limit, after=after)
    # Two words of a name may begin alike.
    people = find_users(dict.fromkeys(entry.user_id for entry in found))
    users = [people[each] for each in dict.fromkeys(e.user_id for e in found) if each in people]
    listed = [each for each in users if status == EVERY or account_status(each) == status]
    return listed, following


def _words(text: str) -> list[str]:
    """The words of a search. An address is one word."""
    words = []
    for part in text.split():
        name = part.removeprefix("@")
        words += [name.lower()] if "@" in name else words_of(name)
    return list(dict.fromkeys(words))


def _current_record(user_id: str) -> AccountEntry | None:
    user = find_user(user_id, consistent=True)
    if user is None:
        return None
    terms = "".join(f" {term}" for term in [*terms_of(user), user.email])
    lists = {EVERY, user.status}
    if user.banned_until:  # readers end the ban on time, its end is written later
        lists.add(status_without_ban(user))
    record = f"record#{user_id}"
    return AccountEntry(
        record,
        _RECORD,
        terms=terms,
        lists=" ".join(sorted(lists)),
        banned_until=user.banned_until,
    )


def _entries(record: AccountEntry) -> Iterator[AccountEntry]:
    """The entries that belong to a record."""
    user_id = record.list_name.removeprefix("record#")
    for name in record.lists.split():
        yield AccountEntry(f"status#{name}", f"#{user_id}", terms=record.terms)
    if record.banned_until:
        yield AccountEntry(TIMED_BANS, f"{record.banned_until}#{user_id}", terms=record.terms)
    for term in record.terms.split():
        for prefix in beginnings_of(term):
            yield AccountEntry(f"term#{prefix}", f"{term}#{user_id}", terms=record.terms)
