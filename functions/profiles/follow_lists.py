"""The lists of an account's followers and follows, in both dialects."""

from typing import Any, TypedDict

from posts.public import author_stats_of
from shared.access.caller import Caller
from shared.errors import AccountPrivate
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from users.public import (
    BLOCKS,
    EdgeKind,
    Relation,
    Row,
    SocialHubUser,
    User,
    UserRow,
    look_up,
    read_list,
    socialhub_user,
    user_row,
)


class Rows(TypedDict):
    """A page of people, each with the caller's relation to them."""

    users: list[UserRow]
    next_cursor: str | None


def list_follows(request: Request, kind: EdgeKind, socialhub_name: str) -> Rows | dict[str, Any]:
    """A page of `{user}`'s followers or follows; raises `UserNotFound` and `AccountPrivate`."""
    caller, page = request.caller, read_page(request)
    owner, relation = look_up(request.path["user"], caller, kinds=("follows", *BLOCKS))
    _check_access(caller, owner, relation)
    rows, following = read_list(caller, owner.user_id, kind, page)
    cursor = next_cursor(request, following)
    if request.is_socialhub:
        return {socialhub_name: _socialhub_users(rows), "next_cursor": cursor}
    return {"users": [user_row(row.user, row.relation) for row in rows], "next_cursor": cursor}


def _check_access(caller: Caller, owner: User, relation: Relation) -> None:
    # An unverified account sees what a non-follower sees.
    follows = relation.follows and caller.scope == "full"
    if owner.is_private and owner.user_id != caller.user_id and not follows:
        raise AccountPrivate


def _socialhub_users(rows: list[Row]) -> list[SocialHubUser]:
    stats = author_stats_of([row.user.user_id for row in rows])
    return [
        socialhub_user(
            row.user,
            is_following=row.relation.follows,
            post_count=sum(stats[row.user.user_id]),
        )
        for row in rows
    ]
