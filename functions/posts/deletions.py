"""The deletion of a post: hidden at once, undoable for 30 days, then purged.

Deleting, restoring and purging are one write each; deleting and restoring also change the author's
counts in it. What belongs to the post (likes, comments, shares, saves, media) stays as it is until
the purge, whose event `PostPurged` deletes it. A post that an administrator removes is kept for 90
days: an appeal can return it.
"""

from posts.models import (
    AuthorStats,
    Collaborator,
    Comment,
    Like,
    Post,
    PostEdit,
    Share,
)
from shared.clock import now, seconds, timestamp
from shared.dynamodb.tables import Transaction, conditions
from shared.errors import PostNotFound
from shared.lifecycle.item_pages import delete_page
from shared.lifecycle.purging import KEPT_REMOVED, PENDING
from shared.messaging.chains import do_pages

_UNDOABLE_FOR = 30 * 24 * 3600  # seconds
_DEPENDENTS = (Like, Comment, Share, Collaborator, PostEdit)


def delete_post(write: Transaction, post: Post) -> None:
    """Hide the post from everybody; the transaction raises `PostNotFound` if it is deleted."""
    moment = now()
    write.update(
        Post(post.post_id),
        Post.deleted_at.set(timestamp(moment)),
        Post.deleted_author_id.set(post.author_id),
        Post.deletion.set(PENDING),
        Post.purge_at.set(timestamp(moment + _UNDOABLE_FOR)),
        condition=Post.is_there() & Post.deleted_at.does_not_exist(),
        otherwise=PostNotFound(),
    )
    _count(write, post, -1)


def remove_post(write: Transaction, post: Post, admin_id: str) -> None:
    """Hide the post as an administrator, also one that its author has deleted: the author cannot
    restore it. The transaction raises `ConditionFailed` if its deletion has changed since it was
    read."""
    moment = now()
    removal = [
        Post.removed_by.set(admin_id),
        Post.removed_at.set(timestamp(moment)),
        Post.deletion.set(PENDING),
        Post.purge_at.set(timestamp(moment + KEPT_REMOVED)),
    ]
    if post.deleted_at:
        write.update(
            Post(post.post_id),
            *removal,
            Post.deleted_author_id.remove(),
            condition=Post.deleted_at == post.deleted_at,
        )
        return
    write.update(
        Post(post.post_id),
        *removal,
        Post.deleted_at.set(timestamp(moment)),
        condition=Post.is_there() & Post.deleted_at.does_not_exist(),
    )
    _count(write, post, -1)


def return_post(write: Transaction, post: Post) -> None:
    """Undo the removal of a post by an administrator. One that its author had deleted before is
    again deleted by its author. The transaction raises `ConditionFailed` if the removal has changed
    since the post was read."""
    is_removed = (Post.removed_at == post.removed_at) & (Post.deleted_at == post.deleted_at)
    if post.deleted_at != post.removed_at:
        purge_at = timestamp(seconds(post.deleted_at) + _UNDOABLE_FOR)
        write.update(
            Post(post.post_id),
            Post.removed_by.remove(),
            Post.removed_at.remove(),
            Post.deleted_author_id.set(post.author_id),
            Post.purge_at.set(purge_at),
            condition=is_removed,
        )
        return
    write.update(
        Post(post.post_id),
        Post.removed_by.remove(),
        Post.removed_at.remove(),
        Post.deleted_at.remove(),
        Post.deletion.remove(),
        Post.purge_at.remove(),
        condition=is_removed,
    )
    _count(write, post, 1)


def restore_post(write: Transaction, post: Post) -> None:
    """Undo the deletion of a post by its author; the transaction raises `PostNotFound` if that is
    not possible, or no longer."""
    undoable = Post.purge_at > timestamp()
    by_author = Post.deleted_author_id == post.author_id
    write.update(
        Post(post.post_id),
        Post.deleted_at.remove(),
        Post.deleted_author_id.remove(),
        Post.deletion.remove(),
        Post.purge_at.remove(),
        condition=undoable & by_author & Post.removed_by.does_not_exist(),
        otherwise=PostNotFound(),
    )
    _count(write, post, 1)


def purge_post(post_id: str) -> None:
    """Remove a post that is due; raise `ConditionFailed` if it is not due, or gone."""
    with conditions():
        Post(post_id).delete(condition=Post.purge_at <= timestamp())


def delete_dependents(post_id: str) -> bool:
    """Delete what belongs to a post; return False if there may be more."""
    return all(_delete_all(model, post_id) for model in _DEPENDENTS)


def _delete_all(
    model: type[Like | Comment | Share | Collaborator | PostEdit], post_id: str
) -> bool:
    return not do_pages(lambda: delete_page(model, post_id))


def _count(write: Transaction, post: Post, change: int) -> None:
    total = AuthorStats.reel_count if post.is_reel else AuthorStats.post_count
    write.update(AuthorStats(post.author_id), total.add(change))
