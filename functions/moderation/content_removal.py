"""Removing what was reported: hidden from everyone in the transaction that decides about it.

What is removed is kept for 90 days, for an appeal; its owner can neither see nor restore it. What
is gone already needs no removal.
"""

from collections.abc import Callable

from chat.public import Conversation, Message, push_removal, remove_message
from moderation.report_models import Report
from posts.public import Comment, Post, remove_comment, remove_post
from shared.access import revocation
from shared.dynamodb.tables import Transaction
from shared.errors import CannotBanAdmin
from stories.public import Story, remove_story
from users.public import account_status, ban_account, find_user


def remove_target(
    write: Transaction, report: Report, admin_id: str, note: str | None, strike_id: str
) -> bool:
    """Add the removal of the report's target to `write`: the content, or the account by a ban, for
    good and with the note as its reason. Return whether there was anything to remove.

    Raises `CannotBanAdmin`; the transaction raises `ConditionFailed` if the target has changed
    since it was read.
    """
    match report.target_type:
        case "user":
            return _ban(write, report.target_id, note, strike_id)
        case "post":
            post = Post.find(report.target_id, consistent=True)
            if post is None or post.removed_by:
                return False
            remove_post(write, post, admin_id)
        case "story":
            story = Story.find(report.owner_id, report.target_id, consistent=True)
            if story is None or story.removed_by:
                return False
            remove_story(write, story, admin_id)
        case "comment":
            comment = Comment.find(report.container_id or "", report.target_id, consistent=True)
            if comment is None or comment.removed_by:
                return False
            remove_comment(write, comment, admin_id)
        case _:
            message = _message(report)
            if message is None or message.removed_by:
                return False
            remove_message(write, message, admin_id)
    return True


def removal_push(report: Report) -> Callable[[], object] | None:
    """What pushes the removal of the report's target to open sockets once it is removed; None if
    nothing does. Read before the removal."""
    message = _message(report) if report.target_type == "message" else None
    room = Conversation.find(message.conversation_id) if message else None
    if message is None or room is None:
        return None
    return lambda: push_removal(room, message)


def _message(report: Report) -> Message | None:
    return Message.find(report.container_id or "", report.target_id, consistent=True)


def _ban(write: Transaction, user_id: str, reason: str | None, strike_id: str) -> bool:
    user = find_user(user_id, consistent=True)
    if user is None:
        return False
    if user.role == "admin":
        raise CannotBanAdmin
    if account_status(user) == "banned" and not user.banned_until and user.ban_id:
        return False  # its owner appeals one strike
    ban_account(write, user, reason, None, strike_id)
    revocation.end_all_sessions(write, user.user_id)
    return True
