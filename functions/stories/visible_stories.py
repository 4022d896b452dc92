"""Reading stories together with everything that decides who may see them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.access.caller import Caller
from shared.dynamodb.tables import Found, Key, query, read_items
from shared.errors import NotOwner, StoryExpired, StoryNotFound
from shared.ids import is_id
from stories.models import Story, StoryLike, StoryView
from stories.visibility import Author, ViewerAccess, is_expired, may_see
from users.public import VISIBILITY, User, is_shown, relation_from, relation_keys

if TYPE_CHECKING:
    from media.public import StoredMedia

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
    is_mentioned: bool = False  # the viewer, in the caption
    shared: Story | None = None  # the story that it shares
    shared_author: User | None = None

    @property
    def media(self) -> "StoredMedia":
        """What it shows; what was said about the media of another story is stored there alone."""
        media: StoredMedia = (self.shared or self.story).media
        return media


def get_visible_story(viewer: Caller, story_id: str) -> VisibleStory:
    """The story, read consistently. Raises `StoryNotFound` if the viewer does not belong to its
    audience, and `StoryExpired` if its 24 hours are over, except for its author."""
    if not is_id(story_id):
        raise StoryNotFound
    # The index may lack a story that the viewer has just published.
    author_id = _author_of(story_id) or viewer.user_id
    keys = [
        (Story, author_id, story_id),
        *person_keys(viewer.user_id, author_id),
        *mark_keys(viewer, [story_id]),
    ]
    found = read_items(keys, consistent=True)
    story = found.get(Story, author_id, story_id)
    if story and story.shared_story:
        found |= read_items(shared_keys(viewer.user_id, [story]), consistent=True)
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
    keys: list[Key] = list(mark_keys(viewer, [story.story_id for story in stories]))
    for author_id in {story.author_id for story in stories}:
        keys += person_keys(viewer.user_id, author_id)
    keys += shared_keys(viewer.user_id, stories)
    found = read_items(keys) if keys else Found()
    return [
        each
        for each in visible_in(viewer, stories, found)
        if not followed_only or each.is_own or _belongs(viewer, each, found)
    ]


def visible_in(viewer: Caller, stories: Iterable[Story], found: Found) -> list[VisibleStory]:
    """`visible_among`, by what was read before: the `person_keys` of their authors, `shared_keys`,
    and `mark_keys`, without which no story counts as viewed or liked."""
    visible = (_visible_story(viewer, story, found) for story in stories)
    return [each for each in visible if each]


def visible_ids(viewer: Caller, authors: Mapping[str, str]) -> set[str]:
    """Those of the stories whose audience the viewer belongs to, expired ones, too; `authors` maps
    the id of each story to that of its author."""
    return {visible.story.story_id for visible in _visible_of(viewer, authors)}


def addable_ids(viewer: Caller, authors: Mapping[str, str]) -> set[str]:
    """Those of the stories that the viewer may add to their own; `authors` as for `visible_ids`."""
    visible = _visible_of(viewer, authors)
    return {each.story.story_id for each in visible if may_add_to_own(each)}


def may_add_to_own(visible: VisibleStory) -> bool:
    """Whether the viewer may add the story to their own: it mentions them, and is for everyone, so
    that no audience is widened. A story that shares another is not shared again."""
    story = visible.story
    is_for_everyone = not story.close_friends_only and not visible.author.is_private
    is_others = not visible.is_own and not story.shared_story
    return visible.is_mentioned and is_for_everyone and is_others and not is_expired(story)


def is_in_audience(viewer_id: str, story: Story, found: Found) -> bool:
    """Whether a viewer belongs to the story's audience, by what was read with `person_keys` and
    `shared_keys`."""
    author = found.get(User, story.author_id)
    known = Author(is_shown(author), author.is_private) if author else None
    access = viewer_access(viewer_id, story.author_id, found)
    return may_see(story, known, access) and sees_shared(viewer_id, story, found)


def sees_shared(viewer_id: str, story: Story, found: Found) -> bool:
    """Whether a viewer may see the story that this one shares, if it does, by what was read with
    `shared_keys`. This one is not seen without it, not even by its author."""
    shared = story.shared_story
    if not shared:
        return True
    original = found.get(Story, shared["author_id"], shared["story_id"])
    return original is not None and is_in_audience(viewer_id, original, found)


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


def visible_now(viewer: Caller, authors: Mapping[str, str]) -> dict[str, VisibleStory]:
    """Those of the stories that the viewer may see at this moment, by id, however many in two
    reads; `authors` as for `visible_ids`."""
    found = read_items((Story, author_id, story_id) for story_id, author_id in authors.items())
    visible = visible_among(viewer, list(found.of(Story)))
    return {
        each.story.story_id: each for each in visible if each.is_own or not is_expired(each.story)
    }


def remember_author(story_id: str, author_id: str) -> None:
    """Remember a story's author, for the next read of the story in this process."""
    if len(_authors) >= _REMEMBERED:
        _authors.clear()
    _authors[story_id] = author_id


def _visible_of(viewer: Caller, authors: Mapping[str, str]) -> list[VisibleStory]:
    found = read_items((Story, author_id, story_id) for story_id, author_id in authors.items())
    return visible_among(viewer, list(found.of(Story)))


def _author_of(story_id: str) -> str | None:
    if author_id := _authors.get(story_id):
        return author_id
    found, _ = query(Story.by_story, story_id, limit=1)
    if not found:
        return None
    remember_author(story_id, found[0].author_id)
    return str(found[0].author_id)


def _visible_story(viewer: Caller, story: Story, found: Found) -> VisibleStory | None:
    author = found.get(User, story.author_id)
    if author is None or not is_in_audience(viewer.user_id, story, found):
        return None
    shared = story.shared_story
    return VisibleStory(
        story,
        author,
        is_own=viewer.user_id == story.author_id,
        is_viewed=found.get(StoryView, story.story_id, viewer.user_id) is not None,
        is_liked=found.get(StoryLike, story.story_id, viewer.user_id) is not None,
        is_mentioned=viewer.user_id in story.mentions,
        shared=found.get(Story, shared["author_id"], shared["story_id"]) if shared else None,
        shared_author=found.get(User, shared["author_id"]) if shared else None,
    )


def _belongs(viewer: Caller, visible: VisibleStory, found: Found) -> bool:
    """Whether the viewer follows the story's author and does not mute them."""
    relation = relation_from(found, viewer.user_id, visible.author.user_id)
    return relation.follows and not relation.mutes


def shared_keys(viewer_id: str, stories: Iterable[Story]) -> list[Key]:
    """The keys of what decides about a viewer and the stories that these share."""
    shared = [story.shared_story for story in stories if story.shared_story]
    keys: list[Key] = [(Story, each["author_id"], each["story_id"]) for each in shared]
    for author_id in {each["author_id"] for each in shared}:
        keys += person_keys(viewer_id, author_id)
    return keys


def mark_keys(viewer: Caller, story_ids: Iterable[str]) -> Iterator[Key]:
    """The keys of whether the viewer has seen and likes these stories."""
    for story_id in story_ids:
        yield (StoryView, story_id, viewer.user_id)
        yield (StoryLike, story_id, viewer.user_id)
