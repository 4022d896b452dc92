"""POST /stories: publish a story for 24 hours, which begin when its upload is ready."""

from functools import partial
from typing import Any

from posts.public import check_caption, mention_keys, people_named
from shared.clock import timestamp
from shared.dynamodb.tables import (
    Found,
    Key,
    in_parallel,
    read_items,
    retry_lost_races,
    transaction,
)
from shared.errors import Unauthorized
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Request
from shared.ids import new_id, time_of
from stories.attachments import Attachment, UploadChanged, find_attachment
from stories.bodies import NewStory
from stories.models import Story
from stories.shapes import StoryShape, story_shape
from stories.visible_stories import VisibleStory, get_visible_story, remember_author
from users.public import User

app = endpoint("stories")


@app.serve("POST /stories", body=NewStory, status=201, idempotent=True, answer=StoryShape)
def create_story(request: Request[NewStory]) -> StoryShape:
    """Publish a story. It is `processing`, for its author alone, until its upload is ready, and
    becomes `failed` if that cannot be shown or is not uploaded within a day."""
    check_caption(request.body.caption or "")
    # A file may come, or become ready, just before its story is stored as waiting for it.
    visible = retry_lost_races(partial(_publish, request), lost=UploadChanged)
    return story_shape(visible)


def _publish(request: Request[NewStory]) -> VisibleStory:
    caption = request.body.caption or ""
    keys: list[Key] = [(User, request.caller.user_id), *mention_keys(caption)]
    results: list[Any] = in_parallel(
        partial(find_attachment, request.caller, request.body), partial(read_items, keys)
    )
    attachment, found = results
    author = found.get(User, request.caller.user_id)
    if author is None:
        raise Unauthorized
    story = _draft(request, attachment, found)
    remember_author(story.story_id, story.author_id)
    try:
        with transaction() as write:
            claim(write, request, story.story_id)
            write.put(story, Story.is_new())
            attachment.add_to(write, story.story_id)
    except AlreadyMade as earlier:
        remember_author(earlier.made_id, story.author_id)
        return get_visible_story(request.caller, earlier.made_id)
    other = attachment.source if isinstance(attachment.source, VisibleStory) else None
    return VisibleStory(
        story,
        author,
        is_own=True,
        shared=other.story if other else None,
        shared_author=other.author if other else None,
    )


def _draft(request: Request[NewStory], attachment: Attachment, found: Found) -> Story:
    body, caller, story_id = request.body, request.caller, new_id()
    caption, media = body.caption or "", attachment.media
    people = people_named(found, caption)
    return Story(
        caller.user_id,
        story_id,
        author_username=caller.username,
        media=media,
        shared_story=attachment.shared_story,
        status=media["status"],
        caption=caption,
        mentions=list(dict.fromkeys(people.values())),
        mention_names=people,
        filter_name=body.filter_name or None,
        stickers_json=body.stickers_json or None,
        close_friends_only=body.close_friends_only,
        created_at=timestamp(time_of(story_id)),
    )
