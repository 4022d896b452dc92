"""Returning what a reversed decision took away: the content as it was, or the account without its
ban. What the owner deleted meanwhile, or what is not kept any more, does not come back.
"""

from chat.public import Message, return_message
from moderation.strike_models import Strike
from posts.public import Comment, Post, return_comment, return_post
from shared.dynamodb.tables import Transaction
from stories.public import Story, return_story
from users.public import find_user, lift_ban


def return_target(write: Transaction, strike: Strike) -> bool:
    """Add the return of the strike's target to `write`, and say whether there is anything to
    return. The transaction raises `ConditionFailed` if the target has changed since it was read."""
    match strike.target_type:
        case "user":
            user = find_user(strike.owner_id, consistent=True)
            if user is None or user.status != "banned" or user.ban_id != strike.strike_id:
                return False
            lift_ban(write, user)
        case "post":
            post = Post.find(strike.target_id, consistent=True)
            if post is None or not post.removed_by:
                return False
            return_post(write, post)
        case "story":
            story = Story.find(strike.owner_id, strike.target_id, consistent=True)
            if story is None or not story.removed_by:
                return False
            return_story(write, story)
        case "comment":
            comment = Comment.find(strike.container_id or "", strike.target_id, consistent=True)
            if comment is None or not comment.removed_by:
                return False
            return_comment(write, comment)
        case _:
            message = Message.find(strike.container_id or "", strike.target_id, consistent=True)
            if message is None or not message.removed_by:
                return False
            return_message(write, message)
    return True
