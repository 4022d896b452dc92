"""Mentions: the people whom a text names with an @. They are looked up when the text is written
and stored by id, so that they are shown under their current names."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from shared.config import config
from shared.dynamodb.tables import Found, Key
from shared.errors import InvalidInput
from shared.hashtags import hashtags_in, without_links
from users.public import name_keys, named_ids

# In scripts without spaces an @ follows a word directly, and other words follow the name directly.
# In an e-mail address Latin letters or digits come before the @. A name that continues in letters
# which no username has is no mention: "@josé" is not "@jos".
_LATIN = "A-Za-z0-9_\u00c0-\u024f"
_NAME = re.compile(
    rf"(?<![{_LATIN}@\uff20])[@\uff20]([A-Za-z0-9_]{{3,30}})(?![{_LATIN}\u0300-\u036f])"
)


def check_caption(caption: str) -> None:
    """Raise `InvalidInput` for a caption with too many hashtags or mentions."""
    if len(hashtags_in(caption)) > (most := config.limits.max_hashtags):
        raise InvalidInput(("caption", f"A text can have at most {most} hashtags."))
    if len(names_in(caption)) > (most := config.limits.max_mentions):
        raise InvalidInput(("caption", f"A text can mention at most {most} people."))


def mention_keys(text: str) -> list[Key]:
    """The keys that `mentions_from` needs, to be read together with others; raises `InvalidInput`
    for a text that names too many people."""
    names = names_in(text)
    most = config.limits.max_mentions
    if len(names) > most:
        raise InvalidInput(("content", f"A text can mention at most {most} people."))
    return name_keys(names)


def mentions_since(
    user_ids: Iterable[str], earlier: Iterable[Mapping[str, Any]], moment: str
) -> list[dict[str, Any]]:
    """The mentions as a post stores them: each person with the time since which they are named."""
    since = {each["user_id"]: each["since"] for each in earlier}
    return [{"user_id": user_id, "since": since.get(user_id, moment)} for user_id in user_ids]


def mentions_from(found: Found, text: str) -> list[str]:
    """The ids of the accounts that the text names, each once, in the order of the text."""
    return list(dict.fromkeys(named_ids(found, names_in(text))))


def names_in(text: str) -> list[str]:
    """The @names of a text in lower case, each once, in the order of the text."""
    return list(dict.fromkeys(name.lower() for name in _NAME.findall(without_links(text))))
