"""Mentions: the people whom a text names with an @.

A name is looked up when it is written, and stored with the person who has it then: an edit looks up
only the names that it adds. People are shown under their current names, with the places in the text
where they are named as they were called.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from posts.models import Comment, Post
from shared.addresses import without_addresses
from shared.characters import belongs_to_word, joins_sign
from shared.config import config
from shared.dynamodb.tables import Found, Key, read_items
from shared.errors import InvalidInput
from shared.hashtags import hashtags_in
from users.public import User, UserShape, name_keys, named_ids, user_shape

# A name that continues in letters which no username has is no mention: "@josé" is not "@jos". But
# in scripts without spaces, and in Korean, other words follow the name directly.
_NAME = re.compile("[@\uff20]([A-Za-z0-9_]{3,30})(?![A-Za-z0-9_])")
_RELATED = re.compile(
    "[\u00aa-\u058f\u1e00-\u1fff\u2c60-\u2c7f\ua720-\ua7ff\uff21-\uff3a\uff41-\uff5a]"
).match
_ENDS_LOCAL_PART = frozenset("+-%&=~")  # "me+@host"


class PlaceShape(TypedDict):
    """Where a text names a person, and as whom: `text[start:end]`, in code points."""

    name: str
    start: int
    end: int


class MentionShape(UserShape):
    """Shape Mention: a user, and the places in the text that name them."""

    places: list[PlaceShape]


@dataclass(frozen=True, slots=True)
class Name:
    """An @name of a text: `text[start:end]` is the name with its sign."""

    name: str  # as it is written, without the sign
    start: int
    end: int


def check_caption(caption: str) -> None:
    """Raise `InvalidInput` for a caption with too many hashtags or mentions."""
    if len(hashtags_in(caption)) > (most := config.limits.max_hashtags):
        raise InvalidInput(("caption", f"A text can have at most {most} hashtags."))
    if len(names_in(caption)) > (most := config.limits.max_mentions):
        raise InvalidInput(("caption", f"A text can mention at most {most} people."))


def mention_keys(text: str) -> list[Key]:
    """The keys that `people_named` needs, to be read together with others; raises `InvalidInput`
    for a text that names too many people."""
    names = names_in(text)
    most = config.limits.max_mentions
    if len(names) > most:
        raise InvalidInput(("content", f"A text can mention at most {most} people."))
    return name_keys(names)


def people_named(found: Found, text: str) -> dict[str, str]:
    """The accounts that a new text names: the id by the name in lower case, in the text's order."""
    return {name: user_id for name in names_in(text) for user_id in named_ids(found, [name])}


def people_named_since(found: Found, text: str, before: Post | Comment) -> dict[str, str]:
    """The accounts that an edited text names. A name that stood in the text before keeps its
    person, or names no one still; `found` counts for the added ones."""
    old_text = before.caption if isinstance(before, Post) else before.content
    earlier = _earlier_people(before, old_text)
    added = people_named(found, text)
    old_names = set(names_in(old_text))
    people = {
        name: earlier.get(name) if name in old_names else added.get(name) for name in names_in(text)
    }
    return {name: user_id for name, user_id in people.items() if user_id}


def mentions_since(
    user_ids: Iterable[str], earlier: Iterable[Mapping[str, Any]], moment: str
) -> list[dict[str, Any]]:
    """The mentions as a post stores them: each person with the time since which they are named."""
    since = {each["user_id"]: each["since"] for each in earlier}
    return [
        {"user_id": user_id, "since": since.get(user_id, moment)}
        for user_id in dict.fromkeys(user_ids)
    ]


def mentions_shown(
    text: str,
    user_ids: Sequence[str],
    people_by_name: Mapping[str, str] | None,
    people: Mapping[str, User],
) -> list[MentionShape]:
    """The shapes Mention of those `people` of a text whom the viewer may see."""
    shown = [people[user_id] for user_id in user_ids if user_id in people]
    if not shown:
        return []
    places = list(_names(text))
    by_name = people_by_name
    if by_name is None or {*by_name.values()} != {*user_ids}:
        by_name = _by_order(text, user_ids) or {
            user.username.lower(): user.user_id for user in shown
        }
    return [
        {
            **user_shape(user),
            "places": [
                {"name": each.name, "start": each.start, "end": each.end}
                for each in places
                if by_name.get(each.name.lower()) == user.user_id
            ],
        }
        for user in shown
    ]


def names_in(text: str) -> list[str]:
    """The @names of a text in lower case, each once, in the order of the text."""
    return list(dict.fromkeys(each.name.lower() for each in _names(text)))


def _names(text: str) -> Iterator[Name]:
    if "@" not in text and "\uff20" not in text:
        return
    plain = without_addresses(text)
    for found in _NAME.finditer(plain):
        start, end = found.span()
        if not _joins_name(plain, start) and not _continues(plain, end):
            yield Name(found[1], start, end)


def _joins_name(text: str, at: int) -> bool:
    """Whether an @ at this place belongs to what is before it."""
    before = text[at - 1 : at]
    if before in _ENDS_LOCAL_PART:
        return at > 1 and belongs_to_word(text[at - 2])
    return before in ("@", "\uff20") or joins_sign(text, at)


def _continues(text: str, at: int) -> bool:
    return bool(_RELATED(text, at)) and belongs_to_word(text[at])


def _earlier_people(before: Post | Comment, text: str) -> dict[str, str]:
    """Whom the names of a stored text mean. Texts of earlier versions have the people without
    their names: who has one of the names still is meant by it; the others follow in order."""
    mentions: list[Any] = before.mentions
    user_ids = [each if isinstance(each, str) else each["user_id"] for each in mentions]
    # Unless the earlier version has edited the text since, which leaves the names as they were.
    if before.mention_names is not None and {*before.mention_names.values()} == {*user_ids}:
        return dict(before.mention_names)
    if not user_ids or (by_order := _by_order(text, user_ids)):
        return by_order if user_ids else {}
    names = names_in(text)
    now = people_named(read_items(name_keys(names)), text)
    known = {name: user_id for name, user_id in now.items() if user_id in user_ids}
    others = [user_id for user_id in user_ids if user_id not in known.values()]
    return known | dict(zip((name for name in names if name not in known), others, strict=False))


def _by_order(text: str, user_ids: Sequence[str]) -> dict[str, str]:
    """The people by the names of the text if each name means one of them; else nothing."""
    names = names_in(text)
    return dict(zip(names, user_ids, strict=True)) if len(names) == len(user_ids) else {}
