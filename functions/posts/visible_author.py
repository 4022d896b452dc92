"""The author of a list of posts, if the caller may see the list."""

from shared.errors import AccountPrivate
from shared.http.requests import Request
from users.public import User, look_up


def listed_author(request: Request) -> User:
    """The account that the path names. Raises `UserNotFound`, and `AccountPrivate` if the account
    is private and the caller does not follow it."""
    caller = request.caller
    author, relation = look_up(request.path["user"], caller)
    follows = relation.follows and caller.scope == "full"
    if author.is_private and author.user_id != caller.user_id and not follows:
        raise AccountPrivate
    return author
