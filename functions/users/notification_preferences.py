"""Notification preferences: types and channels, stored with the account."""

from collections.abc import Mapping

from shared.clock import timestamp
from shared.dynamodb.tables import retry_lost_races
from shared.errors import UserNotFound
from users.accounts import find_user
from users.models import User

_TRIES = 5


def change_preferences(
    user_id: str, switches: Mapping[str, bool], types: Mapping[str, bool]
) -> User:
    """Set `switches` (`push_enabled`, `email_enabled`, `newsletter`) and notification `types`.

    The others stay. Returns the account as it is now; raises `UserNotFound`.
    """

    def change() -> User:
        user = find_user(user_id, consistent=True)
        if user is None:
            raise UserNotFound
        return _change(user, switches, types)

    # Another request may change the types after they were read.
    return retry_lost_races(change, tries=_TRIES)


def _change(user: User, switches: Mapping[str, bool], types: Mapping[str, bool]) -> User:
    before = list(user.muted_types)
    muted = (set(before) | set(types)) - {name for name, is_on in types.items() if is_on}
    actions = [getattr(User, name).set(is_on) for name, is_on in switches.items()]
    condition = User.is_there()
    if muted != set(before):
        actions.append(User.muted_types.set(sorted(muted)))
        unchanged = User.muted_types == before
        if not before:
            unchanged |= User.muted_types.does_not_exist()
        condition &= unchanged
    if actions:
        user.change(*actions, User.updated_at.set(timestamp()), condition=condition)
    return user
