"""The account that a request names, and whether it may log in."""

from shared.errors import AccountBanned, AccountDeleted
from users.public import User, account_status, find_by_login, find_user


def account_of(user_id: str | None, email: str | None) -> User | None:
    """The account with this user id or, if there is none in the request, this e-mail address."""
    if user_id:
        return find_user(user_id, consistent=True)
    return find_by_login(email) if email else None


def check_may_log_in(user: User, restore: bool = False) -> bool:
    """Whether this log-in restores the account: it is being deleted, and `restore` was asked for.

    Raises `AccountBanned` or `AccountDeleted` if the account may not log in. Call it after the
    password has been verified: nobody else may learn the account's status.
    """
    status = account_status(user)
    if status == "banned":
        raise AccountBanned
    if status == "deleted" and not restore:
        raise AccountDeleted
    return status == "deleted"
