"""Who may comment on a post: two fields of the contract, and what is kept of them.

`who_can_comment` says it whole; `comments_disabled` is true where that is `nobody`. The post keeps
whether comments are on and, apart from it, for whom: so switching them off and on again forgets
nothing.
"""

from typing import Any, Literal

from posts.visible_posts import VisiblePost
from shared.access.caller import Caller
from users.public import is_following

# `followers` are those of the author, `following` those whom the author follows.
type WhoCanComment = Literal["everyone", "followers", "following", "nobody"]


def settings(
    comments_disabled: bool | None, who_can_comment: WhoCanComment | None
) -> dict[str, Any]:
    """The attributes of a post that follow from what was sent (None: not sent). If the two
    disagree, the stricter counts."""
    kept: dict[str, Any] = {}
    if comments_disabled or who_can_comment == "nobody":
        kept["comments_disabled"] = True
    elif who_can_comment or comments_disabled is False:
        kept["comments_disabled"] = False
    if who_can_comment and who_can_comment != "nobody":
        kept["who_can_comment"] = who_can_comment
    return kept


def may_comment(writer: Caller, seen: VisiblePost) -> bool:
    """Whether somebody who sees a post may comment on it, or reply there. Where comments are on,
    its author and accepted collaborators always may."""
    post, relation = seen.post, seen.relation
    if post.comments_disabled:
        return False
    if relation is None or seen.collaborates or post.who_can_comment == "everyone":
        return True
    if post.who_can_comment == "followers":
        return relation.follows
    return is_following(post.author_id, writer.user_id)
