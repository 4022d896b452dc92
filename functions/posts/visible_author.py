"""Whose posts a list is about."""

from shared.errors import AccountPrivate
from shared.http.requests import Request
from users.public import User, look_up


def listed_author(request: Request) -> User:
    """The account that the path names; raises `UserNotFound`, and `AccountPrivate` if the caller
    may know that it is there, but not what it posts."""
    caller = request.caller
    author, relation = look_up(request.path["user"], caller)
    follows = relation.follows and caller.scope == "full"
    if author.is_private and author.user_id != caller.user_id and not follows:
        raise AccountPrivate
    return author
