"""Requests of stories that fill and show trays."""

from shared.access.caller import Caller
from stories.models import Story
from tests.bench.costs.world import LIST, Request, Scene, World
from tests.support.stories import a_story, stored


def story(world: World, author: Caller) -> Story:
    """Store a story with a photograph."""
    story_id = a_story(author, media=world.picture(), caption="The last light on the snow")
    return stored(author, story_id)


def _posts(world: World) -> Request:
    """The reader, who has 150 followers, posts a story: each of them gets a row and an entry."""
    world.followers()
    return Request(world.reader, body={"upload_id": world.upload(purpose="story")})


def _looks_at_the_tray(world: World) -> Request:
    """A page of trays, with one or two stories in each; five authors are seen."""
    from stories.trays import add_story, sync_tray

    for number, author in enumerate(world.followed[:LIST]):
        for each in [story(world, author) for _ in range(1 + number % 2)]:
            add_story(each, [world.reader.user_id])
            if number < 5:
                world.ask("stories/get_story", world.reader, story_id=each.story_id)
        sync_tray(world.reader.user_id, author.user_id)
    return Request(world.reader)


def _looks(world: World) -> Request:
    """The reader sees the only story of an author, whose tray then is all seen."""
    from stories.trays import add_story

    found = story(world, world.author)
    add_story(found, [world.reader.user_id])
    return Request(world.reader, {"story_id": found.story_id})


SCENES: dict[str, Scene] = {
    "stories/create_story": _posts,
    "stories/get_story": _looks,
    "stories/get_story_feed": _looks_at_the_tray,
}
