"""Circles: whom a user knows, so that a search finds them among any number of others.

A circle names the accounts that a user has followed last, and the last followers, each with the
first three characters of its terms: enough to choose whom to read. It is kept for an hour, or until
the user follows someone else; it only says where to look, as names and edges are read afterwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.clock import now
from shared.dynamodb.tables import Found, Key, in_parallel, query, read_items
from shared.parallel import wait_for_check
from users.edges import other_id
from users.models import EdgeKind, Relationship, UserSearch, listed
from users.search_index import record_key
from users.search_terms import BEGINNING

type Tie = Literal["m", "f", "b"]  # mutual, the user follows, the user is followed

_CIRCLE = "circle"
_LIFE = 3600  # seconds
_FOLLOWED, _FOLLOWERS = 500, 300  # 36 KB


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """An account that a user knows: how, and how its terms begin."""

    user_id: str
    tie: Tie
    beginnings: tuple[str, ...]

    def may_match(self, words: Sequence[str]) -> bool:
        """Whether each of these words may begin a term of the account."""
        begun = [word[:BEGINNING] for word in words]
        return all(any(term.startswith(word) for term in self.beginnings) for word in begun)


def key_of(user_id: str) -> Key:
    """The key of a user's circle, to be read with other items."""
    return UserSearch, f"@{user_id}", _CIRCLE


def last_follow(user_id: str) -> str:
    """Of which follow a circle must know."""
    found = _edges(user_id, "follows", 1)
    return _name(found[0]) if found else ""


def circle_of(user_id: str, stored: Found, follow: str) -> list[Acquaintance]:
    """Whom a user knows, those followed last first: as `stored` (with the key `key_of`), or read
    again and stored. `follow` is the user's `last_follow`."""
    circle = stored.get(*key_of(user_id))
    if circle is None or circle.last_follow != follow or circle.expires_at <= now():
        circle = _made(user_id)
        wait_for_check()  # of a search, beside which the gate runs
        circle.save()
    return [_parsed(line) for line in circle.terms.splitlines()]


def matching(known: Sequence[Acquaintance], words: Sequence[str]) -> list[Acquaintance]:
    """Those of many acquaintances who begin alike with terms that begin with each of these words,
    in the same order."""
    records = read_items(record_key(each.user_id) for each in known)

    def matches(each: Acquaintance) -> bool:
        record = records.get(*record_key(each.user_id))
        terms = record.terms.split() if record else []
        return all(any(term.startswith(word) for term in terms) for word in words)

    return [each for each in known if matches(each)]


def forget(user_id: str) -> None:
    """Delete a user's circle."""
    UserSearch(*key_of(user_id)[1:]).delete()


def _made(user_id: str) -> UserSearch:
    followed, followers = in_parallel(
        lambda: _edges(user_id, "follows", _FOLLOWED),
        lambda: _edges(user_id, "followed_by", _FOLLOWERS),
    )
    follows = dict.fromkeys(map(other_id, followed))
    followed_by = dict.fromkeys(map(other_id, followers))
    ties: dict[str, Tie] = {each: "m" if each in followed_by else "f" for each in follows}
    ties = {**ties, **{each: "b" for each in followed_by if each not in ties}}
    records = read_items(record_key(each) for each in ties)
    lines = _lines(ties, records)
    return UserSearch(
        *key_of(user_id)[1:],
        terms="\n".join(lines),
        # As read here: the index may not know yet of the follow that was asked for.
        last_follow=_name(followed[0]) if followed else "",
        expires_at=int(now()) + _LIFE,
    )


def _lines(ties: dict[str, Tie], records: Found) -> Iterator[str]:
    for user_id, tie in ties.items():
        # Without a record, searches must not find the account.
        if record := records.get(*record_key(user_id)):
            beginnings = dict.fromkeys(term[:BEGINNING] for term in record.terms.split())
            yield " ".join([tie, user_id, *beginnings])


def _parsed(line: str) -> Acquaintance:
    tie, user_id, *beginnings = line.split()
    return Acquaintance(user_id, tie, tuple(beginnings))  # type: ignore[arg-type]


def _edges(user_id: str, kind: EdgeKind, limit: int) -> list[Relationship]:
    place = Relationship.listed.startswith(listed(kind, ""))
    found, _ = query(Relationship.newest_first, user_id, place, limit=limit)
    return found


def _name(item: Relationship) -> str:
    return f"{item.listed} {other_id(item)}"
