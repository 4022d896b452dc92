"""Collaborators: up to five people who stand, or are asked to stand, beside a post's author.

The post's own item lists them, so that whoever reads the post knows them; a row for each leads from
a person to their posts. Both change in one transaction. A block hides the post from a collaborator
at once, and then ends the collaboration.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from posts.models import Collaborator, Like, Post
from posts.visible_posts import VisiblePost, collaborates
from saved.public import saved_key
from shared.access.caller import Caller
from shared.dynamodb.tables import (
    ConditionFailed,
    Found,
    Key,
    Transaction,
    read_items,
    retry_lost_races,
    transaction,
    write_items,
)
from shared.errors import InvalidInput, RequestNotFound, UserNotFound
from shared.ids import is_id
from users.public import VISIBILITY, User, is_shown, relation_from, relation_keys

_TRIES = 8


def invitation_keys(author_id: str, user_ids: Sequence[str]) -> list[Key]:
    """What `invitations_from` needs, to be read together with other things; raises `InvalidInput`
    where somebody is asked twice, or is the author."""
    if author_id in user_ids or len(set(user_ids)) < len(user_ids):
        raise InvalidInput(("collaborator_ids", "Other people, each once."))
    keys: list[Key] = []
    for user_id in user_ids:
        keys.append((User, user_id))
        keys += relation_keys(author_id, user_id, ("blocks", "blocked_by", "followed_by"))
    return keys


def invitations_from(
    found: Found, author_id: str, user_ids: Sequence[str], moment: str
) -> list[dict[str, Any]]:
    """What a new post keeps of its collaborators: who follows the author need not be asked. Raises
    `UserNotFound` for whom the author is not shown."""
    invited = []
    for user_id in user_ids:
        person = found.get(User, user_id)
        relation = relation_from(found, author_id, user_id)
        if person is None or not is_shown(person) or relation.blocked:
            raise UserNotFound
        status = "accepted" if relation.followed_by else "pending"
        invited.append({"user_id": user_id, "status": status, "since": moment})
    return invited


def add_invitations(write: Transaction, post: Post) -> None:
    """Let the transaction that makes a post make the rows of its collaborators."""
    for each in post.collaborators:
        write.put(_row(post, each), Collaborator.is_new())


def get_visible_invitation(invitee: Caller, post_id: str) -> VisiblePost:
    """The post, as it is at this moment, whose author asked this person; else raises
    `RequestNotFound`. To be asked is to be shown it, whoever else may see it."""
    post = Post.find(post_id, consistent=True) if is_id(post_id) else None
    if post is None or post.deleted_at or _asked(post, invitee.user_id) is None:
        raise RequestNotFound
    if post.status != "ready" and not collaborates(post, invitee.user_id):
        raise RequestNotFound  # nobody has been told of it
    edges = relation_keys(invitee.user_id, post.author_id, VISIBILITY)
    saved = saved_key(invitee.user_id, post_id)
    found = read_items(
        [(User, post.author_id), (Like, post_id, invitee.user_id), saved, *edges], consistent=True
    )
    author = found.get(User, post.author_id)
    relation = relation_from(found, invitee.user_id, post.author_id)
    if author is None or not is_shown(author) or relation.blocked:
        raise RequestNotFound
    is_beside = collaborates(post, invitee.user_id)
    like = found.get(Like, post_id, invitee.user_id)
    return VisiblePost(post, author, relation, like, is_beside, found.at(saved))


def accept(post: Post, user_id: str) -> Post:
    """Let this person stand beside the author; the post as it is then. Raises `RequestNotFound` if
    they are not asked (any more)."""

    def accept_once(post: Post) -> Post:
        asked = _asked(post, user_id)
        if asked is None:
            raise RequestNotFound
        if asked["status"] == "accepted":
            return post
        accepted = {**asked, "status": "accepted"}
        kept = [accepted if each is asked else each for each in post.collaborators]
        with transaction() as write:
            _keep(write, post, kept)
            write.put(_row(post, accepted), Collaborator.is_there())
        post.collaborators = kept
        return post

    return _retried(post, accept_once)


def leave(post: Post, user_id: str) -> Post:
    """Let this person not, or no more, stand beside the author; the post as it is then."""

    def leave_once(post: Post) -> Post:
        kept = [each for each in post.collaborators if each["user_id"] != user_id]
        if len(kept) == len(post.collaborators):
            return post
        with transaction() as write:
            _keep(write, post, kept)
            write.delete(Collaborator(post.post_id, user_id))
        post.collaborators = kept
        return post

    return _retried(post, leave_once)


def _retried(post: Post, change: Callable[[Post], Post]) -> Post:
    """Change the collaborators of a post that was read; of one read anew where others were
    quicker."""
    try:
        return change(post)
    except ConditionFailed:
        return retry_lost_races(lambda: change(_again(post)), tries=_TRIES)


def end(row: Collaborator) -> None:
    """Let somebody stand beside a post's author no more, for good."""
    post = Post.find(row.post_id, consistent=True)
    if post is not None and _asked(post, row.user_id):
        leave(post, row.user_id)
    else:
        write_items(deletes=[row])


def _keep(write: Transaction, post: Post, collaborators: list[dict[str, Any]]) -> None:
    write.update(
        Post(post.post_id),
        Post.collaborators.set(collaborators),
        Post.revision.set(post.revision + 1),
        condition=Post.revision == post.revision,
    )


def _again(post: Post) -> Post:
    """The post as it is now, after another change of it was quicker."""
    found = Post.find(post.post_id, consistent=True)
    if found is None:
        raise RequestNotFound
    return found


def _asked(post: Post, user_id: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = next(
        (each for each in post.collaborators if each["user_id"] == user_id), None
    )
    return found


def _row(post: Post, asked: Mapping[str, Any]) -> Collaborator:
    return Collaborator(
        post.post_id,
        asked["user_id"],
        author_id=post.author_id,
        status=asked["status"],
        since=asked["since"],
    )
