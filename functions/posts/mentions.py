"""The people whom a text names with an @: found when it is written, kept as ids, shown as they
are."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shared.config import config
from shared.dynamodb.tables import Found, Key
from shared.errors import InvalidInput
from shared.hashtags import without_links
from users.public import name_keys, named_ids

# Who writes without spaces puts an @ right behind a word, and other words right behind the name; in
# an address Latin letters and digits stand before it. A name that goes on in letters which no
# username has is nobody's: "@josé" is not "@jos".
_LATIN = "A-Za-z0-9_\u00c0-\u024f"
_NAME = re.compile(
    rf"(?<![{_LATIN}@\uff20])[@\uff20]([A-Za-z0-9_]{{3,30}})(?![{_LATIN}\u0300-\u036f])"
)


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


def mentions_from(found: Found, text: str) -> list[str]:
    """The ids of the accounts that the text names, each once, in the order of the text."""
    return list(dict.fromkeys(named_ids(found, names_in(text))))


def names_in(text: str) -> list[str]:
    """The @names of a text in lower case, each once, in the order of the text."""
    return list(dict.fromkeys(name.lower() for name in _NAME.findall(without_links(text))))
