"""media.ready and media.failed: a post shows its video, and is there when all of its media are."""

from typing import Any

from posts.attachments import is_too_long, status_of
from posts.models import Post
from shared.clock import timestamp
from shared.events import Envelope, MediaFailed, MediaReady
from shared.queues import consumer
from shared.tables import ConditionFailed

app = consumer()

_TRIES = 12  # as many media may become ready at once as a post has, and some


@app.on(MediaReady)
def on_media_ready(envelope: Envelope, event: MediaReady) -> None:
    """Put what the media were made into in the place of what was waited for."""
    if event.post_id:
        _settle(event.post_id, event.upload_id, event.media)


@app.on(MediaFailed)
def on_media_failed(envelope: Envelope, event: MediaFailed) -> None:
    """The post has failed: its author sees why, nobody else sees it."""
    if event.post_id:
        _settle(event.post_id, event.upload_id, {"status": "failed"})


def _settle(post_id: str, upload_id: str, result: dict[str, Any]) -> None:
    for _ in range(_TRIES):
        post = Post.find(post_id, consistent=True)
        if post is None or not _awaits(post, upload_id):
            return  # told before
        media = [_settled(post, each, upload_id, result) for each in post.media]
        status = status_of(media)
        try:
            post.change(
                Post.media.set(media),
                Post.status.set(status),
                Post.revision.add(1),
                Post.updated_at.set(timestamp()),
                condition=Post.media == post.media,
            )
        except ConditionFailed:
            continue  # another of its media became ready at the same time
        return
    raise RuntimeError("the post's media change faster than they can be kept")


def _awaits(post: Post, upload_id: str) -> bool:
    return any(
        each["upload_id"] == upload_id and each["status"] == "processing" for each in post.media
    )


def _settled(
    post: Post, stored: dict[str, Any], upload_id: str, result: dict[str, Any]
) -> dict[str, Any]:
    if stored["upload_id"] != upload_id:
        return stored
    settled = {**stored, **result, "alt_text": stored["alt_text"]}
    if post.is_reel and is_too_long(settled):
        settled["status"] = "failed"
    return settled
