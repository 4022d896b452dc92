"""People whom a post or a comment shows: those that its viewer may see."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.access.caller import Caller
from shared.dynamodb.tables import Key
from users.public import User, is_shown, people_shown, relation_from


def is_visible(found: Mapping[Key, Any], viewer: Caller, person: User) -> bool:
    """Whether the viewer is shown this person, going by the blocks that were read."""
    if person.user_id == viewer.user_id:
        return True
    return is_shown(person) and not relation_from(found, viewer.user_id, person.user_id).blocked


def people_seen(viewer: Caller, user_ids: Sequence[str]) -> dict[str, User]:
    """Those of these people whom the viewer is shown."""
    return people_shown(viewer.user_id, user_ids)
