"""Notification preferences: types and channels, stored with the account, and who subscribed to the
newsletter, by the sparse index `subscribers`."""

from collections.abc import Mapping
from typing import Any

from shared.clock import timestamp
from shared.dynamodb.tables import query, retry_lost_races
from shared.errors import UserNotFound
from users.accounts import find_user
from users.models import NEWSLETTER, User

_TRIES = 5


def change_preferences(
    user_id: str,
    switches: Mapping[str, bool],
    types: Mapping[str, bool],
    language: str | None = None,
) -> User:
    """Set `switches` (`push_enabled`, `email_enabled`, `newsletter`), notification `types`, and the
    `language` of mails.

    The others stay. Returns the account as it is now; raises `UserNotFound`.
    """

    def change() -> User:
        user = find_user(user_id, consistent=True)
        if user is None:
            raise UserNotFound
        return _change(user, switches, types, language)

    # Another request may change the types after they were read.
    return retry_lost_races(change, tries=_TRIES)


def _change(
    user: User, switches: Mapping[str, bool], types: Mapping[str, bool], language: str | None
) -> User:
    before = list(user.muted_types)
    muted = (set(before) | set(types)) - {name for name, is_on in types.items() if is_on}
    switches = {name: is_on for name, is_on in switches.items() if is_on != getattr(user, name)}
    actions = [getattr(User, name).set(is_on) for name, is_on in switches.items()]
    condition = User.is_there()
    if language and not (user.is_language_chosen and user.language == language):
        actions += [User.language.set(language), User.is_language_chosen.set(True)]
    if "newsletter" in switches:
        subscription = User.subscription
        actions.append(
            subscription.set(NEWSLETTER) if switches["newsletter"] else subscription.remove()
        )
    if muted != set(before):
        actions.append(User.muted_types.set(sorted(muted)))
        unchanged = User.muted_types == before
        if not before:
            unchanged |= User.muted_types.does_not_exist()
        condition &= unchanged
    if actions:
        user.change(*actions, User.updated_at.set(timestamp()), condition=condition)
    return user


def subscriber_page(
    limit: int, after: dict[str, Any] | None = None
) -> tuple[list[str], dict[str, Any] | None]:
    """The ids of accounts that subscribed to the newsletter, at most `limit`, and the next page's
    key (None at the end). The account decides: the index is a moment late."""
    found, following = query(
        User.subscribers, NEWSLETTER, limit=limit, after=after, newest_first=False
    )
    return [each.user_id for each in found], following
