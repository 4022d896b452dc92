"""What can be reported, as the person who reports it may see it."""

from collections.abc import Callable
from typing import NamedTuple

from chat.public import visible_message
from moderation.report_models import StoredSnapshot
from moderation.snapshots import snapshot_of
from posts.public import get_visible_comment, get_visible_post
from shared.access.caller import Caller
from shared.errors import InvalidInput
from stories.public import get_visible_story
from users.public import find_user, resolve_user


class Target(NamedTuple):
    """What is reported: whose it is, the other part of its key, and what is seen of it."""

    owner_id: str
    container_id: str | None
    snapshot: StoredSnapshot


def find_target(reporter: Caller, target_type: str, target_id: str) -> Target:
    """What the reporter may see under this id. Raises the not-found error of the type, or
    `StoryExpired`, if that is nothing, and `InvalidInput` if it is their own."""
    target = _FINDERS[target_type](reporter, target_id)
    if target.owner_id == reporter.user_id:
        raise InvalidInput(("target_id", "Nobody can report what is their own."))
    return target


def _post(reporter: Caller, post_id: str) -> Target:
    visible = get_visible_post(reporter, post_id)
    post = visible.post
    shown = snapshot_of(visible.author, post.caption, post.media, post.created_at)
    return Target(post.author_id, None, shown)


def _comment(reporter: Caller, comment_id: str) -> Target:
    visible, _ = get_visible_comment(reporter, comment_id)
    comment = visible.comment
    shown = snapshot_of(visible.author, comment.content, [], comment.created_at)
    return Target(comment.user_id, comment.post_id, shown)


def _story(reporter: Caller, story_id: str) -> Target:
    visible = get_visible_story(reporter, story_id)
    story = visible.story
    shown = snapshot_of(visible.author, story.caption, [story.media], story.created_at)
    return Target(story.author_id, None, shown)


def _message(reporter: Caller, message_id: str) -> Target:
    room, message = visible_message(message_id, reporter.user_id)
    if message.system:
        raise InvalidInput(("target_id", "What the system says cannot be reported."))
    media = [message.media] if message.media else []
    # The account may be erased since; what it wrote is still there.
    sender = find_user(message.sender_id)
    shown = snapshot_of(sender, message.content or "", media, message.created_at)
    shown["author_id"] = message.sender_id
    return Target(message.sender_id, room.conversation_id, shown)


def _user(reporter: Caller, user_id: str) -> Target:
    user = resolve_user(user_id, reporter)
    shown = snapshot_of(user, user.bio, [], user.created_at)
    return Target(user.user_id, None, shown)


_FINDERS: dict[str, Callable[[Caller, str], Target]] = {
    "post": _post,
    "comment": _comment,
    "story": _story,
    "message": _message,
    "user": _user,
}
