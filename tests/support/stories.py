"""Stories in the tables, and calls below `/stories/{story_id}`."""

from typing import Any

from shared.access.caller import Caller
from shared.clock import timestamp
from shared.ids import new_id, time_of
from stories.models import Highlight, Story
from tests.support.posts import a_picture, call


def a_story(author: Caller, **given: Any) -> str:
    """Store a story, and nothing else; return its id."""
    story_id = new_id()
    Story(
        author.user_id,
        story_id,
        **{
            "author_username": author.username,
            "media": a_picture(),
            "created_at": timestamp(time_of(story_id)),
            **given,
        },
    ).save()
    return story_id


def a_highlight(owner: Caller, *story_ids: str, **given: Any) -> str:
    """Store a highlight, and nothing else; return its id."""
    highlight_id, moment = new_id(), timestamp()
    Highlight(
        owner.user_id,
        highlight_id,
        **{
            "title": "Winter",
            "story_ids": list(story_ids),
            "created_at": moment,
            "updated_at": moment,
            **given,
        },
    ).save()
    return highlight_id


def stored(author: Caller, story_id: str) -> Story:
    """The story as it is stored."""
    story = Story.find(author.user_id, story_id)
    assert story is not None
    return story


def on_story(
    handler: Any, route: str, caller: Caller, story_id: str, **given: Any
) -> tuple[int, Any]:
    """`call` a route below `/stories/{story_id}`, given without it: "GET", "POST /like"."""
    method, _, tail = route.partition(" ")
    path = {"story_id": story_id}
    return call(handler, f"{method} /stories/{{story_id}}{tail}", caller, path=path, **given)
