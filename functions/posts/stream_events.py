"""The events that a change of a post publishes, and those of a comment's mentions."""

from collections.abc import Iterator
from typing import Any

from media.public import upload_id_of
from posts.models import Comment, Post
from shared.dynamodb.changes import Change
from shared.events.comments import CommentMentioned, CommentUnmentioned
from shared.events.envelopes import Event
from shared.events.posts import (
    CollaborationAccepted,
    CollaborationEnded,
    CollaborationInvited,
    PostCreated,
    PostDeleted,
    PostMentioned,
    PostPurged,
    PostRestored,
    PostUnmentioned,
    PostUpdated,
)

# The attributes that an edit, or an answer to an invitation, may change.
_EDITABLE = (
    "caption",
    "visibility",
    "comments_disabled",
    "who_can_comment",
    "location",
    "media",
    "mentions",
    "collaborators",
)

type Events = Iterator[tuple[str, Event]]


def post_events(change: Change[Post]) -> Events:
    """`(actor, event)` pairs. A post is created for others when it is first ready, and deleted when
    it is hidden or gone. Changes of its counts are no events."""
    post, before, after = change.item, _if_published(change.old), _if_published(change.new)
    if after and not before:
        yield post.author_id, _appearance(post, is_new=not (change.old and _is_ready(change.old)))
    if before and after and (changed := [name for name in _EDITABLE if change.changed(name)]):
        yield (
            post.author_id,
            PostUpdated(post.post_id, post.author_id, post.visibility, changed),
        )
    if change.old and not change.old.deleted_at and (post.deleted_at or change.is_removed):
        yield post.author_id, PostDeleted(post.post_id, post.author_id)
    yield from _mentions(before, after)
    yield from _collaborations(before, after)
    if change.is_removed:
        yield post.author_id, PostPurged(post.post_id, post.author_id, _uploads_of(post))


def mention_events(change: Change[Comment]) -> Iterator[Event]:
    """The people whom a comment newly mentions, and those whom it no longer does, because of an
    edit or because it is deleted or hidden."""
    comment = change.item
    before = change.old.mentions if change.old and not change.old.is_hidden else []
    after = change.new.mentions if change.new and not change.new.is_hidden else []
    at = comment.created_at
    for user_id in after:
        if user_id not in before:
            yield CommentMentioned(
                post_id=comment.post_id,
                comment_id=comment.comment_id,
                commenter_id=comment.user_id,
                commenter_username=comment.username,
                user_id=user_id,
                commented_at=at,
                author_id=comment.post_author_id,
                parent_author_id=comment.parent_author_id,
            )
    for user_id in before:
        if user_id not in after:
            yield CommentUnmentioned(
                comment.post_id, comment.comment_id, comment.user_id, user_id, at
            )


def _appearance(post: Post, is_new: bool) -> Event:
    if not is_new:
        return PostRestored(post.post_id, post.author_id, post.visibility)
    return PostCreated(
        post_id=post.post_id,
        author_id=post.author_id,
        author_username=post.author_username,
        visibility=post.visibility,
        is_reel=post.is_reel,
        created_at=post.created_at,
        upload_ids=[each["upload_id"] for each in post.media],
    )


def _mentions(old: Post | None, post: Post | None) -> Events:
    """The people who are newly mentioned, or no longer. The mentions of a post that is hidden are
    hidden with it, so they publish nothing."""
    if post is None:
        return
    before, after = _by_user(old.mentions if old else []), _by_user(post.mentions)
    for user_id, mention in after.items():
        if user_id not in before:
            yield (
                post.author_id,
                PostMentioned(
                    post.post_id, post.author_id, post.author_username, user_id, mention["since"]
                ),
            )
    for user_id, mention in before.items():
        if user_id not in after:
            yield (
                post.author_id,
                PostUnmentioned(post.post_id, post.author_id, user_id, mention["since"]),
            )


def _collaborations(old: Post | None, new: Post | None) -> Events:
    post = new or old
    if post is None:
        return
    before = _by_user(old.collaborators if old else [])
    after = _by_user(new.collaborators if new else [])
    for user_id, invitation in after.items():
        since, earlier = invitation["since"], before.get(user_id)
        if earlier is None:
            yield (
                post.author_id,
                CollaborationInvited(
                    post.post_id, post.author_id, post.author_username, user_id, since
                ),
            )
        was_accepted = earlier is not None and earlier["status"] != "pending"
        if invitation["status"] == "accepted" and not was_accepted:
            yield user_id, CollaborationAccepted(post.post_id, post.author_id, user_id, since)
    for user_id, invitation in before.items():
        if user_id not in after:
            yield (
                user_id,
                CollaborationEnded(post.post_id, post.author_id, user_id, invitation["since"]),
            )


def _by_user(people: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {each["user_id"]: each for each in people}


def _uploads_of(post: Post) -> list[str]:
    thumbnail_id = upload_id_of(post.thumbnail_key) if post.thumbnail_key else None
    ids = [*(each["upload_id"] for each in post.media), thumbnail_id]
    return list(dict.fromkeys(each for each in ids if each))


def _if_published(post: Post | None) -> Post | None:
    """The post if it is there for its audience: ready and not deleted."""
    return post if post and _is_ready(post) and not post.deleted_at else None


def _is_ready(post: Post) -> bool:
    return bool(post.status == "ready")
