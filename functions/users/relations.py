"""How one person stands to many others, for lists of people.

A look for each pair would cost most of such a list, and find nothing nearly always. Most people
block few, are blocked by few and wait for few: such lists are read whole, in one query each.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from typing import Any

from shared.dynamodb.tables import Found, Key, in_parallel, query, read_items
from users.accounts import find_users, is_expired, is_shown
from users.edges import BLOCKS, Relation, relation_from, relation_keys
from users.models import EdgeKind, Relationship, User, edge

# Edges of a short list, ended ones included. Whoever has more is looked up pair by pair.
_SHORT = 100
_FEW = 2  # people whom it is cheaper to look up

type People = dict[str, tuple[User, Relation]]


def relations(viewer_id: str, other_ids: Sequence[str]) -> dict[str, Relation]:
    """How the viewer stands to each of them, in one round of reads: good for `follows`,
    `requested`, `followed_by` and `blocked`, which is what the shape UserRow tells and who is left
    out."""
    items = _read_all(viewer_id, other_ids)
    return {other_id: relation_from(items, viewer_id, other_id) for other_id in other_ids}


def people_with_relations(viewer_id: str, user_ids: Sequence[str]) -> People:
    """The accounts that there are, whatever their status, each with `relations`."""
    return _people(_read_all(viewer_id, user_ids, _accounts(user_ids)), viewer_id, user_ids)


def people_shown(viewer_id: str, user_ids: Sequence[str]) -> dict[str, User]:
    """Those of the accounts that the viewer is shown: their own, and those that others see, unless
    one of the two blocks the other."""
    items = _read(viewer_id, user_ids, (), [BLOCKS], _accounts(user_ids))
    return {
        user_id: user
        for user_id, (user, relation) in _people(items, viewer_id, user_ids).items()
        if user_id == viewer_id or (is_shown(user) and not relation.blocked)
    }


def _accounts(user_ids: Iterable[str]) -> list[Key]:
    return [(User, user_id) for user_id in user_ids]


def _people(items: Found, viewer_id: str, user_ids: Iterable[str]) -> People:
    return {
        user_id: (user, relation_from(items, viewer_id, user_id))
        for user_id in user_ids
        if (user := items.get(User, user_id)) and not is_expired(user)
    }


def _read_all(viewer_id: str, other_ids: Sequence[str], also: Sequence[Key] = ()) -> Found:
    return _read(viewer_id, other_ids, ("follows", "followed_by"), [("requested",), BLOCKS], also)


def _read(
    viewer_id: str,
    other_ids: Sequence[str],
    looked_up: Sequence[EdgeKind],
    short: Sequence[Sequence[EdgeKind]],
    also: Sequence[Key],
) -> Found:
    """Each pair's edges of the kinds `looked_up`, the short lists (of kinds that are neighbours in
    the order of the alphabet), and what else is to be read."""
    if len(other_ids) <= _FEW:
        looked_up, short = [*looked_up, *(kind for kinds in short for kind in kinds)], []
    keys = [*also, *_pairs(viewer_id, other_ids, looked_up)]
    calls: list[Callable[[], Found]] = [lambda: read_items(keys)]
    calls += [partial(_read_short, viewer_id, other_ids, kinds) for kinds in short]
    return reduce(or_, in_parallel(*calls))


def _pairs(viewer_id: str, other_ids: Iterable[str], kinds: Sequence[EdgeKind]) -> list[Key]:
    return [key for each in other_ids for key in relation_keys(viewer_id, each, kinds)]


def _read_short(viewer_id: str, other_ids: Sequence[str], kinds: Sequence[EdgeKind]) -> Found:
    """The viewer's whole list of these kinds, if it is short; else what it says of these people."""
    within = Relationship.edge.between(edge(min(kinds), ""), edge(max(kinds), "~"))
    found, following = query(Relationship, viewer_id, within, limit=_SHORT, newest_first=False)
    if following:
        return read_items(_pairs(viewer_id, other_ids, kinds))
    return Found({(Relationship, viewer_id, item.edge): item for item in found})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that others see, and whether the viewer follows it."""

    user: User
    is_followed: bool


def read_candidates(viewer_id: str, user_ids: Sequence[str]) -> list[Candidate]:
    """Those of the accounts that others see, in their order: in one round of batch reads."""
    follows = [key for each in user_ids for key in relation_keys(viewer_id, each, ("follows",))]
    calls: list[Callable[[], Any]] = [lambda: find_users(user_ids), lambda: read_items(follows)]
    people, edges = in_parallel(*calls)
    return [
        Candidate(people[user_id], relation_from(edges, viewer_id, user_id).follows)
        for user_id in user_ids
        if user_id in people and is_shown(people[user_id])
    ]


def relations_to(viewer_id: str, people: Sequence[User]) -> list[tuple[User, Relation]]:
    """How the viewer stands to each of these people, less those where one blocks the other."""
    found = relations(viewer_id, [user.user_id for user in people])
    related = [(user, found[user.user_id]) for user in people]
    return [(user, relation) for user, relation in related if not relation.blocked]
