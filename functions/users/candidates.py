"""People who may be shown in a list: reading them, and the rows of one page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.dynamodb.tables import in_parallel, read_items
from users.accounts import find_users, is_shown
from users.edges import Relation, relation_from, relation_keys
from users.models import User
from users.relations import relations


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
