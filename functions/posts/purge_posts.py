"""Hourly: purge the posts whose deletion can no longer be undone."""

from typing import Any

from posts.deletions import purge_post
from posts.models import Post
from shared.clock import timestamp
from shared.lifecycle.purging import purge_due

_PAGE = 100  # posts


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Remove the posts; their stream publishes `PostPurged`, which deletes what belongs to them."""
    due = Post.purge_at <= timestamp()
    return purge_due(Post.by_purge, due, lambda post: purge_post(post.post_id), context, _PAGE)
