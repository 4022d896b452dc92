"""Whom a log-in names, and whether they may log in at all."""

from shared.errors import AccountBanned, AccountDeleted
from users.public import User, account_status, find_by_login, find_user


def account_of(user_id: str | None, email: str | None) -> User | None:
    """The account that a request about a code names by one or the other."""
    if user_id:
        return find_user(user_id, consistent=True)
    return find_by_login(email) if email else None


def refuse_ended(user: User, restore: bool = False) -> bool:
    """Raise for an account that nobody may log in to. Only who has given the right password may
    hear of it.

    One that is being deleted may be logged in to for its restoring: then return True.
    """
    status = account_status(user)
    if status == "banned":
        raise AccountBanned
    if status == "deleted" and not restore:
        raise AccountDeleted
    return status == "deleted"
