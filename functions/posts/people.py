"""People whom a post or a comment shows: those that its viewer may see."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.caller import Caller
from shared.tables import Key, read_items
from users.public import User, is_shown, relation_from, relation_keys


def is_visible(found: Mapping[Key, Any], viewer: Caller, person: User) -> bool:
    """Whether the viewer is shown this person, going by the blocks that were read."""
    if person.user_id == viewer.user_id:
        return True
    return is_shown(person) and not relation_from(found, viewer.user_id, person.user_id).blocked


def people_seen(viewer: Caller, user_ids: Sequence[str]) -> dict[str, User]:
    """Those of these people whom the viewer is shown."""
    keys: list[Key] = [(User, user_id) for user_id in user_ids]
    for user_id in user_ids:
        keys += relation_keys(viewer.user_id, user_id, ("blocks", "blocked_by"))
    found = read_items(keys) if keys else {}
    people = (found.get((User, user_id)) for user_id in user_ids)
    return {each.user_id: each for each in people if each and is_visible(found, viewer, each)}
