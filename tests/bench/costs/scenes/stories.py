"""Requests of stories and highlights."""

from collections.abc import Callable
from typing import Any

from shared.access.caller import Caller
from tests.bench.costs.world import LIST, Request, Scene, World
from tests.support.stories import a_highlight, a_story

CAPTION = "The last light on the snow #winter"
HIGHLIGHTS, STORIES = 8, 10  # of an account, each of so many stories


def _story(world: World, author: Caller | None = None, **given: Any) -> str:
    """Store a story of the author whom the reader follows, or of another account."""
    media = world.picture()
    return a_story(author or world.author, **{"media": media, "caption": CAPTION, **given})


def _own(world: World) -> str:
    return _story(world, world.reader)


def _about(find: Callable[[World], str]) -> Scene:
    return lambda world: Request(world.reader, {"story_id": find(world)})


def _after(function: str, find: Callable[[World], str] = _story) -> Scene:
    """A request about a story for which the reader has called `function` before."""

    def scene(world: World) -> Request:
        story_id = find(world)
        world.ask(function, world.reader, story_id=story_id)
        return Request(world.reader, {"story_id": story_id})

    return scene


def _creates_story(world: World) -> Request:
    world.followers()
    upload_id = world.upload(purpose="story")
    return Request(world.reader, body={"caption": CAPTION, "upload_id": upload_id})


def _seen(world: World) -> str:
    story_id = _own(world)
    for other in world.followed[:LIST]:
        world.ask("stories/get_story", other, story_id=story_id)
    return story_id


def _page(owner: Callable[[World], Caller], deleted: bool = False) -> Scene:
    """A page of an account's stories."""

    def scene(world: World) -> Request:
        for _ in range(LIST + 5):
            story_id = _story(world, owner(world))
            if deleted:
                world.ask("stories/delete_story", world.reader, story_id=story_id)
        return Request(world.reader, {"user": owner(world).user_id})

    return scene


def _stories(world: World, owner: Caller) -> list[str]:
    return [_story(world, owner) for _ in range(STORIES)]


def _highlight(owner: Callable[[World], Caller], **body: Any) -> Scene:
    """A request about a highlight of an account."""

    def scene(world: World) -> Request:
        highlight_id = a_highlight(owner(world), *_stories(world, owner(world)))
        return Request(world.reader, {"highlight_id": highlight_id}, body=body or None)

    return scene


def _highlights(world: World) -> Request:
    for _ in range(HIGHLIGHTS):
        a_highlight(world.author, *_stories(world, world.author))
    return Request(world.reader, {"user": world.author.user_id})


def _creates_highlight(world: World) -> Request:
    body = {"title": "Winter", "story_ids": _stories(world, world.reader)}
    return Request(world.reader, body=body)


def _reader(world: World) -> Caller:
    return world.reader


def _author(world: World) -> Caller:
    return world.author


SCENES: dict[str, Scene] = {
    "stories/create_story": _creates_story,
    "stories/get_story": _about(_story),
    "stories/delete_story": _about(_own),
    "stories/list_deleted_stories": _page(_reader, deleted=True),
    "stories/restore_story": _after("stories/delete_story", _own),
    "stories/like_story": _about(_story),
    "stories/unlike_story": _after("stories/like_story"),
    "stories/list_viewers": _about(_seen),
    "stories/list_user_stories": _page(_author),
    "stories/list_archive": _page(_reader),
    "stories/create_highlight": _creates_highlight,
    "stories/list_highlights": _highlights,
    "stories/get_highlight": _highlight(_author),
    "stories/edit_highlight": _highlight(_reader, title="Winter and spring"),
    "stories/delete_highlight": _highlight(_reader),
}
