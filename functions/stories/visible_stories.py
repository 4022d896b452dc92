"""Reading stories together with everything that decides who may see them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.access.caller import Caller
from shared.dynamodb.tables import Found, Key, query, read_items
from shared.errors import NotOwner, StoryExpired, StoryNotFound
from shared.ids import is_id
from stories.models import Story, StoryLike, StoryView
from stories.visibility import Author, ViewerAccess, is_expired, may_see
from users.public import VISIBILITY, User, is_shown, relation_from, relation_keys

_REMEMBERED = 10_000
# A story's author never changes. If it is known, all about the story is read in one batch.
_authors: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class VisibleStory:
    """A story that its viewer may see, and what was read with it."""

    story: Story
    author: User
    is_own: bool
    is_viewed: bool = False  # by the viewer
    is_liked: bool = False  # by the viewer


def get_visible_story(viewer: Caller, story_id: str) -> VisibleStory:
    """The story, read consistently. Raises `StoryNotFound` if the viewer does not belong to its
    audience, and `StoryExpired` if its 24 hours are over, except for its author."""
    if not is_id(story_id):
        raise StoryNotFound
    author_id = _author_of(story_id)
    keys = [
        (Story, author_id, story_id),
        *person_keys(viewer.user_id, author_id),
        *_mark_keys(viewer, story_id),
    ]
    found = read_items(keys, consistent=True)
    story = found.get(Story, author_id, story_id)
    visible = _visible_story(viewer, story, found) if story else None
    if visible is None:
        raise StoryNotFound
    if not visible.is_own and is_expired(visible.story):
        raise StoryExpired
    return visible


def get_own_story(owner: Caller, story_id: str) -> VisibleStory:
    """The caller's own story, expired or not. Raises `StoryNotFound`, or `NotOwner` for another's
    story that the caller may see."""
    try:
        visible = get_visible_story(owner, story_id)
    except StoryExpired:
        raise NotOwner from None
    if not visible.is_own:
        raise NotOwner
    return visible


def visible_among(
    viewer: Caller, stories: Sequence[Story], *, followed_only: bool = False
) -> list[VisibleStory]:
    """Those of the stories whose audience the viewer belongs to, in order; expired ones, too.
    `followed_only`: only the viewer's own, and those of accounts that they follow and do not mute.
    """
    keys: list[Key] = []
    for author_id in {story.author_id for story in stories}:
        keys += person_keys(viewer.user_id, author_id)
    for story in stories:
        keys += _mark_keys(viewer, story.story_id)
    found = read_items(keys) if keys else Found()
    visible = (_visible_story(viewer, story, found) for story in stories)
    return [
        each
        for each in visible
        if each and (not followed_only or each.is_own or _belongs(viewer, each, found))
    ]


def visible_ids(viewer: Caller, authors: Mapping[str, str]) -> set[str]:
    """Those of the stories whose audience the viewer belongs to, expired ones, too; `authors` maps
    the id of each story to that of its author."""
    found = read_items((Story, author_id, story_id) for story_id, author_id in authors.items())
    return {visible.story.story_id for visible in visible_among(viewer, list(found.of(Story)))}


def viewer_access(viewer_id: str, author_id: str, found: Found) -> ViewerAccess:
    """How a viewer is related to an author, according to the items with `person_keys`."""
    if viewer_id == author_id:
        return ViewerAccess(owns=True)
    to_author = relation_from(found, viewer_id, author_id)
    of_author = relation_from(found, author_id, viewer_id)
    return ViewerAccess(
        follows=to_author.follows,
        is_close_friend=of_author.close_friend,
        is_hidden_from=of_author.hides_story,
        is_blocked=to_author.blocked,
    )


def person_keys(viewer_id: str, author_id: str) -> list[Key]:
    """The keys of all that decides whether a viewer belongs to an author's audience, and whether
    they mute the author."""
    return [
        (User, author_id),
        *relation_keys(viewer_id, author_id, VISIBILITY),
        *relation_keys(author_id, viewer_id, ("close_friend", "hides_story_from")),
    ]


def remember_author(story_id: str, author_id: str) -> None:
    """Remember a story's author, for the next read of the story in this process."""
    if len(_authors) >= _REMEMBERED:
        _authors.clear()
    _authors[story_id] = author_id


def _author_of(story_id: str) -> str:
    if author_id := _authors.get(story_id):
        return author_id
    found, _ = query(Story.by_story, story_id, limit=1)
    if not found:
        raise StoryNotFound
    remember_author(story_id, found[0].author_id)
    return str(found[0].author_id)


def _visible_story(viewer: Caller, story: Story, found: Found) -> VisibleStory | None:
    author = found.get(User, story.author_id)
    if author is None:
        return None
    access = viewer_access(viewer.user_id, story.author_id, found)
    if not may_see(story, Author(is_shown(author), author.is_private), access):
        return None
    return VisibleStory(
        story,
        author,
        access.owns,
        is_viewed=found.get(StoryView, story.story_id, viewer.user_id) is not None,
        is_liked=found.get(StoryLike, story.story_id, viewer.user_id) is not None,
    )


def _belongs(viewer: Caller, visible: VisibleStory, found: Found) -> bool:
    """Whether the viewer follows the story's author and does not mute them."""
    relation = relation_from(found, viewer.user_id, visible.author.user_id)
    return relation.follows and not relation.mutes


def _mark_keys(viewer: Caller, story_id: str) -> Iterator[Key]:
    yield (StoryView, story_id, viewer.user_id)
    yield (StoryLike, story_id, viewer.user_id)
