"""Who may comment on a post: two fields of the contract, and the attributes that store them.

In the contract `comments_disabled` is true exactly when `who_can_comment` is `nobody`. The post
stores apart whether comments are on and for whom, so that switching them off and on again keeps the
choice.
"""

from typing import Any, Literal

from posts.visible_posts import VisiblePost
from shared.access.caller import Caller
from users.public import is_following

# `followers` are the author's, `following` are the people whom the author follows.
type WhoCanComment = Literal["everyone", "followers", "following", "nobody"]


def comment_settings(
    comments_disabled: bool | None, who_can_comment: WhoCanComment | None
) -> dict[str, Any]:
    """The post's attributes that follow from the two fields (None: not sent). If the two disagree,
    the stricter counts."""
    attributes: dict[str, Any] = {}
    if comments_disabled or who_can_comment == "nobody":
        attributes["comments_disabled"] = True
    elif who_can_comment or comments_disabled is False:
        attributes["comments_disabled"] = False
    if who_can_comment and who_can_comment != "nobody":
        attributes["who_can_comment"] = who_can_comment
    return attributes


def may_comment(writer: Caller, visible: VisiblePost) -> bool:
    """Whether a person who may see a post may also comment and reply there. If comments are on, the
    author and accepted collaborators always may."""
    post, relation = visible.post, visible.relation
    if post.comments_disabled:
        return False
    if relation is None or visible.collaborates or post.who_can_comment == "everyone":
        return True
    if post.who_can_comment == "followers":
        return relation.follows
    return is_following(post.author_id, writer.user_id)
