"""POST /stories: publish a story for 24 hours, which begin when its upload is ready."""

from functools import partial
from typing import Any

from media.public import Upload, attach, find_upload, is_longer, stored_media, upload_id_of
from posts.public import check_caption, mention_keys, mentions_from
from shared.clock import timestamp
from shared.config import config
from shared.dynamodb.tables import (
    Found,
    Key,
    in_parallel,
    read_items,
    retry_lost_races,
    transaction,
)
from shared.errors import InvalidInput, Unauthorized, UploadNotFound, UploadNotReady
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Request
from shared.ids import new_id, time_of
from stories.bodies import NewStory
from stories.models import Story
from stories.shapes import StoryShape, story_shape
from stories.visible_stories import VisibleStory, get_visible_story, remember_author
from users.public import User

app = endpoint("stories")


class _UploadChanged(Exception):
    """The upload changed after it was read: its file came or became ready, or it was deleted."""


@app.serve("POST /stories", body=NewStory, status=201, idempotent=True, answer=StoryShape)
def create_story(request: Request[NewStory]) -> StoryShape:
    """Publish a story. It is `processing`, for its author alone, until its upload is ready, and
    becomes `failed` if that cannot be shown or is not uploaded within a day."""
    check_caption(request.body.caption or "")
    # A file may come, or become ready, just before its story is stored as waiting for it.
    visible = retry_lost_races(partial(_publish, request), lost=_UploadChanged)
    return story_shape(visible)


def _publish(request: Request[NewStory]) -> VisibleStory:
    caption = request.body.caption or ""
    keys: list[Key] = [(User, request.caller.user_id), *mention_keys(caption)]
    results: list[Any] = in_parallel(partial(_upload, request), partial(read_items, keys))
    upload, found = results
    author = found.get(User, request.caller.user_id)
    if author is None:
        raise Unauthorized
    story = _draft(request, upload, found)
    remember_author(story.story_id, story.author_id)
    try:
        with transaction() as write:
            claim(write, request, story.story_id)
            write.put(story, Story.is_new())
            attach(write, upload, story.story_id, otherwise=_UploadChanged())
    except AlreadyMade as earlier:
        remember_author(earlier.made_id, story.author_id)
        return get_visible_story(request.caller, earlier.made_id)
    return VisibleStory(story, author, is_own=True)


def _upload(request: Request[NewStory]) -> Upload:
    """The upload that the body names; raises `UploadNotFound`, `UploadNotReady`, or `InvalidInput`
    if it cannot be a story."""
    body = request.body
    upload_id = body.upload_id or upload_id_of(body.media_url or "")
    if upload_id is None:
        raise UploadNotFound
    upload = find_upload(upload_id, request.caller.user_id)
    if upload.purpose != "story":
        raise InvalidInput(("upload_id", "This upload was not made for a story."))
    if body.media_type not in (None, upload.kind):
        raise InvalidInput(("media_type", f"This upload is of the type {upload.kind}."))
    if not _may_be_ready(upload):
        raise UploadNotReady
    longest = config.limits.max_story_seconds
    if is_longer(stored_media(upload)["duration"] or 0, longest):
        raise InvalidInput(("upload_id", f"A story can be at most {longest} seconds long."))
    return upload


def _may_be_ready(upload: Upload) -> bool:
    """Whether the upload is ready or may become so; only one story or post can wait for it."""
    if upload.status in ("pending", "processing"):
        return upload.post_id is None
    return bool(upload.status == "ready")


def _draft(request: Request[NewStory], upload: Upload, found: Found) -> Story:
    body, caller, story_id = request.body, request.caller, new_id()
    caption, media = body.caption or "", stored_media(upload)
    return Story(
        caller.user_id,
        story_id,
        author_username=caller.username,
        media=dict(media),
        status=media["status"],
        caption=caption,
        mentions=mentions_from(found, caption),
        filter_name=body.filter_name or None,
        stickers_json=body.stickers_json or None,
        close_friends_only=body.close_friends_only,
        created_at=timestamp(time_of(story_id)),
    )
