"""Sharing and unsharing a post: one share per person, and the count that already includes it (see
`likes`)."""

from contextlib import suppress

from posts.models import Post, Share
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, conditions
from shared.ids import new_id


def put_share(viewer: Caller, post: Post, caption: str | None) -> tuple[Share, int]:
    """Share the post, and return its number of shares; raise `ConditionFailed` if the viewer shares
    it already."""
    share = Share(
        post.post_id,
        viewer.user_id,
        share_id=new_id(),
        username=viewer.username,
        author_id=post.author_id,
        caption=caption or "",
        shared_at=timestamp(),
        post_seq=post.share_seq,
    )
    share.create()
    return share, _count(post, 1)


def change_caption(share: Share, post: Post, caption: str | None) -> int:
    """Give the share another caption unless it is None, and return the post's number of shares;
    raise `ConditionFailed` if the share is gone."""
    if caption is not None and caption != share.caption:
        share.change(Share.caption.set(caption), condition=Share.share_id == share.share_id)
    return _count(post, 0 if _is_counted(share, post) else 1)


def drop_share(share: Share | None, post: Post) -> int:
    """Remove the share, if there is one, and return the post's number of shares."""
    if share is None:
        return _count(post, 0)
    with suppress(ConditionFailed), conditions():  # a quicker request has removed it
        share.delete(condition=Share.share_id == share.share_id)
    return _count(post, -1 if _is_counted(share, post) else 0)


def _is_counted(share: Share, post: Post) -> bool:
    return share.post_seq != post.share_seq


def _count(post: Post, change: int) -> int:
    return max(post.share_count + change, 0)
