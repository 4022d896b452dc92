"""Lists of people: a page of somebody's edges, newest first, with the accounts they lead to."""

from dataclasses import dataclass
from typing import Any, TypedDict

from shared.access.caller import Caller
from shared.dynamodb.tables import query
from shared.http.paging import Page, next_cursor, read_page
from shared.http.requests import Request
from users.accounts import is_shown
from users.edges import Relation, other_id
from users.models import EdgeKind, Relationship, User, listed
from users.relations import people_with_relations
from users.shapes import UserShape, user_shape


@dataclass(frozen=True, slots=True)
class Row:
    """A person on a list."""

    user: User
    relation: Relation  # of the viewer to this person
    since: str  # when the person was added to the list


class Users(TypedDict):
    """A page of people."""

    users: list[UserShape]
    next_cursor: str | None


def read_list(
    viewer: Caller, owner_id: str, kind: EdgeKind, page: Page
) -> tuple[list[Row], dict[str, Any] | None]:
    """A page of the people to whom `owner_id` has active edges of a kind, newest first, and the
    next page's key (None at the end).

    Hidden accounts are left out; so are accounts with a block between them and the viewer, except
    on the list of blocked accounts.
    """
    edges, following = query(
        Relationship.newest_first,
        owner_id,
        Relationship.listed.startswith(listed(kind, "")),
        limit=page.limit,
        after=page.after,
    )
    ids = [other_id(each) for each in edges]
    people = people_with_relations(viewer.user_id, ids)
    rows = []
    for each, user_id in zip(edges, ids, strict=True):
        user, relation = people.get(user_id, (None, Relation()))
        if user and is_shown(user) and (kind == "blocks" or not relation.blocked):
            rows.append(Row(user, relation, (each.listed or "").removeprefix(listed(kind, ""))))
    return rows, following


def list_own(request: Request, kind: EdgeKind) -> Users:
    """A page of one of the caller's private lists."""
    rows, following = read_list(request.caller, request.caller.user_id, kind, read_page(request))
    users: list[Any] = [user_shape(row.user) for row in rows]
    return {"users": users, "next_cursor": next_cursor(request, following)}
