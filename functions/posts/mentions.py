"""The people whom a text names with an @: found when it is written, kept as ids, shown as they
are."""

from collections.abc import Iterable, Mapping
from typing import Any

from posts.names import names_in
from shared.config import config
from shared.dynamodb.tables import Key
from shared.errors import InvalidInput
from users.public import name_keys, named_ids


def mention_keys(text: str) -> list[Key]:
    """What `mentions_from` needs, to be read together with other things; raises `InvalidInput` for
    a text that names too many."""
    names = names_in(text)
    most = config.limit("MaxMentions")
    if len(names) > most:
        raise InvalidInput(("content", f"MaxMentions is {most}."))
    return name_keys(names)


def mentions_since(
    user_ids: Iterable[str], earlier: Iterable[Mapping[str, Any]], moment: str
) -> list[dict[str, Any]]:
    """What a post keeps of the people that it names: each with the time since when it does."""
    since = {each["user_id"]: each["since"] for each in earlier}
    return [{"user_id": user_id, "since": since.get(user_id, moment)} for user_id in user_ids]


def mentions_from(found: Mapping[Key, Any], text: str) -> list[str]:
    """The ids of the accounts that the text names, each once, in the order of the text."""
    return list(dict.fromkeys(named_ids(found, names_in(text))))
