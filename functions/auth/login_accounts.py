"""The account that a request names, and whether it may log in."""

from shared.access.caller import Caller
from shared.access.tokens import make_token
from shared.errors import AccountBanned, AccountDeleted
from shared.ids import new_id
from users.public import User, account_status, find_by_login, find_user


def account_of(user_id: str | None, email: str | None) -> User | None:
    """The account with this user id or, if there is none in the request, this e-mail address."""
    if user_id:
        return find_user(user_id, consistent=True)
    return find_by_login(email) if email else None


_APPEAL_LIFE = 3600  # seconds for which a banned person has time to appeal


def check_may_log_in(user: User, restore: bool = False, *, may_appeal: bool = True) -> bool:
    """Whether this log-in restores the account: it is being deleted, and `restore` was asked for.

    Raises `AccountBanned` or `AccountDeleted` if the account may not log in. Call it after the
    password has been verified: nobody else may learn the account's status. `AccountBanned` gives
    its owner the token for an appeal, unless they may not appeal because they have not proved all
    that a log-in asks of them.
    """
    status = account_status(user)
    if status == "banned":
        raise AccountBanned(appeal_token(user) if may_appeal else None)
    if status == "deleted" and not restore:
        raise AccountDeleted
    return status == "deleted"


def appeal_token(user: User) -> str:
    """An access token of the scope `banned`, which admits to the strikes and appeals of the account
    alone. It belongs to no session and cannot be refreshed."""
    caller = Caller(user.user_id, user.username, new_id(), role="user", scope="banned")
    return make_token(caller, _APPEAL_LIFE)
