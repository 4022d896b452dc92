"""Collaborators: up to five people whom a post's author invites to be shown as its co-authors.

The post's own item lists them, so that reading the post needs no further call; a row for each leads
from a person to their posts. Both change in one transaction. A block hides the post from a
collaborator at once, and then ends the collaboration.
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
    """The keys that `invitations_from` needs, to be read together with others; raises
    `InvalidInput` if a person is invited twice, or is the author."""
    if author_id in user_ids or len(set(user_ids)) < len(user_ids):
        raise InvalidInput(("collaborator_ids", "Name other people, each only once."))
    keys: list[Key] = []
    for user_id in user_ids:
        keys.append((User, user_id))
        keys += relation_keys(author_id, user_id, ("blocks", "blocked_by", "followed_by"))
    return keys


def invitations_from(
    found: Found, author_id: str, user_ids: Sequence[str], moment: str
) -> list[dict[str, Any]]:
    """The collaborators as a new post stores them: those who follow the author have accepted.
    Raises `UserNotFound` for a person who is hidden from the author."""
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
    """Add the rows of a new post's collaborators to the transaction that puts the post."""
    for each in post.collaborators:
        write.put(_row(post, each), Collaborator.is_new())


def get_visible_invitation(invitee: Caller, post_id: str) -> VisiblePost:
    """The post, read consistently, to which this person is invited, whatever its audience: the
    invitation shows it. Raises `RequestNotFound` if there is no invitation."""
    post = Post.find(post_id, consistent=True) if is_id(post_id) else None
    if post is None or post.deleted_at or _invitation(post, invitee.user_id) is None:
        raise RequestNotFound
    if post.status != "ready" and not collaborates(post, invitee.user_id):
        raise RequestNotFound  # the invitation is published when the post is ready
    edges = relation_keys(invitee.user_id, post.author_id, VISIBILITY)
    saved = saved_key(invitee.user_id, post_id)
    found = read_items(
        [(User, post.author_id), (Like, post_id, invitee.user_id), saved, *edges], consistent=True
    )
    author = found.get(User, post.author_id)
    relation = relation_from(found, invitee.user_id, post.author_id)
    if author is None or not is_shown(author) or relation.blocked:
        raise RequestNotFound
    has_accepted = collaborates(post, invitee.user_id)
    like = found.get(Like, post_id, invitee.user_id)
    return VisiblePost(post, author, relation, like, has_accepted, found.at(saved))


def accept(post: Post, user_id: str) -> Post:
    """Accept this person's invitation, and return the post as changed. Raises `RequestNotFound` if
    they are not invited, or no longer."""

    def accept_once(post: Post) -> Post:
        invitation = _invitation(post, user_id)
        if invitation is None:
            raise RequestNotFound
        if invitation["status"] == "accepted":
            return post
        accepted = {**invitation, "status": "accepted"}
        changed = [accepted if each is invitation else each for each in post.collaborators]
        with transaction() as write:
            _update_post(write, post, changed)
            write.put(_row(post, accepted), Collaborator.is_there())
        post.collaborators = changed
        return post

    return _change(post, accept_once)


def leave(post: Post, user_id: str) -> Post:
    """End this person's invitation or collaboration, and return the post as changed."""

    def leave_once(post: Post) -> Post:
        remaining = [each for each in post.collaborators if each["user_id"] != user_id]
        if len(remaining) == len(post.collaborators):
            return post
        with transaction() as write:
            _update_post(write, post, remaining)
            write.delete(Collaborator(post.post_id, user_id))
        post.collaborators = remaining
        return post

    return _change(post, leave_once)


def end_collaboration(row: Collaborator) -> None:
    """Remove a person from a post's collaborators, or the row alone if the post does not name
    them."""
    post = Post.find(row.post_id, consistent=True)
    if post is not None and _invitation(post, row.user_id):
        leave(post, row.user_id)
    else:
        write_items(deletes=[row])


def _change(post: Post, change: Callable[[Post], Post]) -> Post:
    """Apply `change` to the post as it was read; if another writer was quicker, read it again."""
    try:
        return change(post)
    except ConditionFailed:
        return retry_lost_races(lambda: change(_read_again(post)), tries=_TRIES)


def _update_post(write: Transaction, post: Post, collaborators: list[dict[str, Any]]) -> None:
    write.update(
        Post(post.post_id),
        Post.collaborators.set(collaborators),
        Post.revision.set(post.revision + 1),
        condition=Post.revision == post.revision,
    )


def _read_again(post: Post) -> Post:
    found = Post.find(post.post_id, consistent=True)
    if found is None:
        raise RequestNotFound
    return found


def _invitation(post: Post, user_id: str) -> dict[str, Any] | None:
    """The person's entry among the post's collaborators, accepted or not."""
    found: dict[str, Any] | None = next(
        (each for each in post.collaborators if each["user_id"] == user_id), None
    )
    return found


def _row(post: Post, invitation: Mapping[str, Any]) -> Collaborator:
    return Collaborator(
        post.post_id,
        invitation["user_id"],
        author_id=post.author_id,
        status=invitation["status"],
        since=invitation["since"],
    )
