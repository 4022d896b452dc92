"""The streams of posts, likes, shares and comments: keep exact counts and publish events."""

from collections.abc import Iterator, Sequence
from typing import Any

from posts.comment_cleanup import sync_orphans
from posts.comment_pins import forget_pinned, unmark_unpinned
from posts.latest_posts import sync_latest
from posts.models import AuthorStats, Comment, CommentLike, Like, Post, Share
from posts.stream_events import mention_events, post_events
from shared.dynamodb.changes import Change
from shared.dynamodb.counters import Counter
from shared.dynamodb.recount_lists import enlist
from shared.dynamodb.tallies import Fact, tally_counter
from shared.events.comments import (
    CommentDeleted,
    CommentLiked,
    CommentRestored,
    CommentUnliked,
    PostCommented,
)
from shared.events.envelopes import Event
from shared.events.posts import PostLiked, PostShared, PostUnliked, PostUnshared
from shared.messaging.streams import stream

app = stream("posts")


def _increment(name: str, change: Change[Any]) -> dict[str, int]:
    """What a change of an item adds to the count `name` of such items."""
    difference = int(change.is_created) - int(change.is_removed)
    return {name: difference} if difference else {}


def _likes(change: Change[Any]) -> dict[str, int]:
    return _increment("like_count", change)


def _shares(change: Change[Any]) -> dict[str, int]:
    return _increment("share_count", change)


def _shown(comment: Comment | None) -> bool:
    return comment is not None and not comment.is_hidden


def _appears(change: Change[Comment]) -> bool:
    """Whether a comment is new, or shown again."""
    return _shown(change.new) and not _shown(change.old)


def _disappears(change: Change[Comment]) -> bool:
    return _shown(change.old) and not _shown(change.new)


def _comments(change: Change[Comment]) -> dict[str, int]:
    return _shown_more("comment_count", change)


def _replies(change: Change[Comment]) -> dict[str, int]:
    return _shown_more("reply_count", change) if change.item.parent_comment_id else {}


def _shown_more(name: str, change: Change[Comment]) -> dict[str, int]:
    """What a change of a comment adds to the count `name` of those that are shown."""
    difference = int(_appears(change)) - int(_disappears(change))
    return {name: difference} if difference else {}


def _post(change: Change[Any]) -> str:
    return str(change.item.post_id)


def _parent(change: Change[Comment]) -> tuple[str, str]:
    return change.item.post_id, change.item.parent_comment_id


def _comment(change: Change[CommentLike]) -> tuple[str, str]:
    return change.item.post_id, change.item.comment_id


app.count(Like, Counter(Post, "like_seq", _post, _likes, is_recounted=True))
app.count(Share, Counter(Post, "share_seq", _post, _shares, is_recounted=True))
app.count(Comment, Counter(Post, "comment_seq", _post, _comments, is_recounted=True))
app.count(Comment, Counter(Comment, "reply_seq", _parent, _replies, is_recounted=True))
app.count(CommentLike, Counter(Comment, "like_seq", _comment, _likes, is_recounted=True))


# Nobody is notified of their own acts, so they are in no tally.
def _others_like(like: Like) -> Fact | None:
    return (like.post_id, like.liked_at) if like.user_id != like.author_id else None


def _others_share(share: Share) -> Fact | None:
    return (share.post_id, share.shared_at) if share.user_id != share.author_id else None


def _others_comment_like(like: CommentLike) -> Fact | None:
    return (like.comment_id, like.liked_at) if like.user_id != like.commenter_id else None


app.count(Like, tally_counter("post.liked", _others_like))
app.count(Share, tally_counter("post.shared", _others_share))
app.count(CommentLike, tally_counter("comment.liked", _others_comment_like))


app.publishes(Post)(post_events)


@app.react(Post)
def follow_posts(changes: Sequence[Change[Post]]) -> None:
    """Sync the latest posts of authors, and list those whose counts changed, for the recount."""
    sync_latest(changes)
    authors = {each.item.author_id for each in changes if each.changed("deleted_at")}
    enlist(AuthorStats, [(author_id,) for author_id in authors])


@app.publishes(Like)
def like_events(change: Change[Like]) -> Iterator[tuple[str, PostLiked | PostUnliked]]:
    """Publish post.liked or post.unliked."""
    like = change.item
    if change.is_created:
        yield (
            like.user_id,
            PostLiked(like.post_id, like.author_id, like.user_id, like.username, like.liked_at),
        )
    if change.is_removed:
        yield like.user_id, PostUnliked(like.post_id, like.author_id, like.user_id, like.liked_at)


@app.publishes(Share)
def share_events(change: Change[Share]) -> Iterator[tuple[str, PostShared | PostUnshared]]:
    """Publish post.shared or post.unshared; a new caption of a share is no event."""
    share = change.item
    if change.is_created:
        yield (
            share.user_id,
            PostShared(
                share.post_id, share.author_id, share.user_id, share.username, share.shared_at
            ),
        )
    if change.is_removed:
        yield (
            share.user_id,
            PostUnshared(share.post_id, share.author_id, share.user_id, share.shared_at),
        )


@app.react(Comment)
def clean_up_comments(changes: Sequence[Change[Comment]]) -> None:
    """Delete or hide replies that appeared while their top-level comment was being deleted or
    removed, unpin deleted comments, and unmark those whose place was taken meanwhile."""
    sync_orphans(change.new for change in changes if change.new and _appears(change))
    forget_pinned(change.old for change in changes if change.is_removed and change.old)
    unmark_unpinned(
        change.new for change in changes if change.old and change.new and _appears(change)
    )


@app.publishes(Comment)
def comment_events(change: Change[Comment]) -> Iterator[tuple[str, Event]]:
    """Publish post.commented, comment.deleted (also when it is hidden) or comment.restored, and the
    changes of the comment's mentions. Other edits, and changes of its counts, are no events."""
    comment = change.item
    fields: dict[str, Any] = {
        "post_id": comment.post_id,
        "author_id": comment.post_author_id,
        "comment_id": comment.comment_id,
        "parent_comment_id": comment.parent_comment_id,
        "parent_author_id": comment.parent_author_id,
        "commenter_id": comment.user_id,
        "commented_at": comment.created_at,
    }
    if change.is_created:
        yield comment.user_id, PostCommented(commenter_username=comment.username, **fields)
    elif _appears(change):
        yield comment.user_id, CommentRestored(**fields)
    if change.is_removed or _disappears(change):
        yield comment.user_id, CommentDeleted(**fields)
    for event in mention_events(change):
        yield comment.user_id, event


@app.publishes(CommentLike)
def comment_like_events(
    change: Change[CommentLike],
) -> Iterator[tuple[str, CommentLiked | CommentUnliked]]:
    """Publish comment.liked or comment.unliked."""
    like = change.item
    fields: dict[str, Any] = {
        "post_id": like.post_id,
        "comment_id": like.comment_id,
        "commenter_id": like.commenter_id,
        "liker_id": like.user_id,
        "liked_at": like.liked_at,
    }
    if change.is_created:
        yield like.user_id, CommentLiked(liker_username=like.username, **fields)
    if change.is_removed:
        yield like.user_id, CommentUnliked(**fields)
