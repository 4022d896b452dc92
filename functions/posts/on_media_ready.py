"""media.ready, media.failed and media.described: update the post's media; the post is ready when
all of them are."""

from collections.abc import Callable
from typing import Any

from posts.attachments import length_error, status_of
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
    """Replace the post's waiting entry by the processed media."""
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
        _change_media(post_id, lambda post: _with_description(post, event))


def _sync(post_id: str, upload_id: str, result: dict[str, Any]) -> None:
    def with_result(post: Post) -> list[dict[str, Any]] | None:
        if not _awaits(post, upload_id):
            return None  # the event was handled before
        return [_with_result(post, each, upload_id, result) for each in post.media]

    _change_media(post_id, with_result)


def _change_media(post_id: str, change: Callable[[Post], list[dict[str, Any]] | None]) -> None:
    """Store the media that `change` returns for a post; None: there is nothing to change."""

    def read_and_write() -> None:
        post = Post.find(post_id, consistent=True)
        media = change(post) if post else None
        if post is None or media is None:
            return
        post.change(
            Post.media.set(media),
            Post.status.set(status_of(media)),
            Post.revision.add(1),
            Post.updated_at.set(timestamp()),
            condition=Post.media == post.media,
        )

    # Another of the post's media may become ready at the same time.
    retry_lost_races(read_and_write, tries=_TRIES)


def _awaits(post: Post, upload_id: str) -> bool:
    return any(
        each["upload_id"] == upload_id and each["status"] == "processing" for each in post.media
    )


def _with_result(
    post: Post, stored: dict[str, Any], upload_id: str, result: dict[str, Any]
) -> dict[str, Any]:
    if stored["upload_id"] != upload_id:
        return stored
    updated = {**stored, **result, "alt_text": stored["alt_text"]}
    if post.is_reel and (error := length_error(updated)):
        return {**updated, "status": "failed", "error": {"code": "media_too_long", "error": error}}
    return updated


def _with_description(post: Post, event: MediaDescribed) -> list[dict[str, Any]] | None:
    """The post's media with the text; None if a text was already set or removed."""
    if not any(_lacks_text(each, event.upload_id) for each in post.media):
        return None
    return [
        {**each, "alt_text": event.alt_text, "alt_text_by": "model"}
        if _lacks_text(each, event.upload_id)
        else each
        for each in post.media
    ]


def _lacks_text(stored: dict[str, Any], upload_id: str) -> bool:
    is_untouched = stored["alt_text"] is None and "alt_text_by" not in stored
    return bool(stored["upload_id"] == upload_id and is_untouched)
