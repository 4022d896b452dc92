"""media.ready, media.failed and media.described: update the post's media; the post is ready when
all of them are."""

from collections.abc import Callable
from typing import Any

from media.public import upload_id_of
from posts.attachments import length_error, status_of, thumbnail_of
from posts.models import Post
from shared.clock import timestamp
from shared.dynamodb.tables import retry_lost_races
from shared.events.envelopes import Envelope
from shared.events.media import MediaDescribed, MediaFailed, MediaReady
from shared.messaging.queues import consumer

app = consumer()

_TRIES = 12  # all ten media of a post may become ready at the same time


@app.on(MediaReady)
def on_media_ready(envelope: Envelope, event: MediaReady) -> None:
    """Replace what the post waits for by the processed media."""
    if event.post_id:
        _sync(event.post_id, event.upload_id, event.media)


@app.on(MediaFailed)
def on_media_failed(envelope: Envelope, event: MediaFailed) -> None:
    """Mark the post as failed: only its author and collaborators see it."""
    if event.post_id:
        error = {"code": event.code, "error": event.error}
        _sync(event.post_id, event.upload_id, {"status": "failed", "error": error})


@app.on(MediaDescribed)
def on_media_described(envelope: Envelope, event: MediaDescribed) -> None:
    """Give the picture's alternative text to each post whose author wrote none."""
    for post_id in event.post_ids:
        _change(post_id, lambda post: _describe(post, event))


def _sync(post_id: str, upload_id: str, result: dict[str, Any]) -> None:
    def set_result(post: Post) -> bool:
        awaits_media = _awaits(post, upload_id)
        awaits_thumbnail = post.status != "failed" and _awaits_thumbnail(post, upload_id)
        if awaits_media:
            post.media = [_with_result(post, each, upload_id, result) for each in post.media]
        if awaits_thumbnail and result["status"] == "ready":
            post.thumbnail_key = thumbnail_of(result)
        elif awaits_thumbnail:
            post.status = "failed"
        return awaits_media or awaits_thumbnail  # or else the event was handled before

    _change(post_id, set_result)


def _change(post_id: str, change: Callable[[Post], bool]) -> None:
    """Store what `change` does to a post's media and thumbnail, if it says that it did anything. A
    failed post stays failed."""

    def read_and_write() -> None:
        post = Post.find(post_id, consistent=True)
        if post is None:
            return
        key = Post.thumbnail_key
        same_key = key == post.thumbnail_key if post.thumbnail_key else key.does_not_exist()
        unchanged = (Post.media == post.media) & (Post.status == post.status) & same_key
        if not change(post):
            return
        is_failed = post.status == "failed"
        status = "failed" if is_failed else status_of(post.media, post.awaits_thumbnail)
        post.change(
            Post.media.set(post.media),
            *([key.set(post.thumbnail_key)] if post.thumbnail_key else []),
            Post.status.set(status),
            Post.revision.add(1),
            Post.updated_at.set(timestamp()),
            condition=unchanged,
        )

    # Another of the post's media may become ready at the same time.
    retry_lost_races(read_and_write, tries=_TRIES)


def _awaits(post: Post, upload_id: str) -> bool:
    return any(
        each["upload_id"] == upload_id and each["status"] == "processing" for each in post.media
    )


def _awaits_thumbnail(post: Post, upload_id: str) -> bool:
    return post.awaits_thumbnail and upload_id_of(post.thumbnail_key) == upload_id


def _with_result(
    post: Post, stored: dict[str, Any], upload_id: str, result: dict[str, Any]
) -> dict[str, Any]:
    if stored["upload_id"] != upload_id:
        return stored
    updated = {**stored, **result, "alt_text": stored["alt_text"]}
    if post.is_reel and (error := length_error(updated)):
        return {**updated, "status": "failed", "error": {"code": "media_too_long", "error": error}}
    return updated


def _describe(post: Post, event: MediaDescribed) -> bool:
    """Set the text, unless one was already set or removed."""
    if not any(_lacks_text(each, event.upload_id) for each in post.media):
        return False
    post.media = [
        {**each, "alt_text": event.alt_text, "alt_text_by": "model"}
        if _lacks_text(each, event.upload_id)
        else each
        for each in post.media
    ]
    return True


def _lacks_text(stored: dict[str, Any], upload_id: str) -> bool:
    is_untouched = stored["alt_text"] is None and "alt_text_by" not in stored
    return bool(stored["upload_id"] == upload_id and is_untouched)
