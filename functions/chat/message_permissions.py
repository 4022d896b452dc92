"""Who may write to whom, and where the conversation appears.

It appears in the inbox if both follow each other, else in the requests, if the receiver allows any.
"""

from collections.abc import Callable, Sequence
from typing import Any

from shared.dynamodb.tables import in_parallel, read_items
from shared.errors import MessageNotAllowed, UserNotFound
from users.public import Relation, User, find_users, is_shown, relation_from, relation_keys


def folders(writer_id: str, receiver_ids: Sequence[str]) -> dict[str, str]:
    """The folder, `inbox` or `requests`, of each receiver.

    Raises `UserNotFound` for a receiver whom the writer cannot see, and `MessageNotAllowed`.
    """
    people, relations = read_people(writer_id, receiver_ids)
    return {user_id: folder_of(people.get(user_id), relations[user_id]) for user_id in receiver_ids}


def folder_of(receiver: User | None, relation: Relation) -> str:
    """The folder of a first message; `relation` is the writer's to the receiver."""
    check_reachable(receiver, relation)
    if relation.follows and relation.followed_by:
        return "inbox"
    if receiver is None or not receiver.allow_message_requests:
        raise MessageNotAllowed
    return "requests"


def check_reachable(receiver: User | None, relation: Relation) -> None:
    """Raise `UserNotFound` unless the writer can see the receiver."""
    if receiver is None or not is_shown(receiver) or relation.blocked:
        raise UserNotFound


def read_people(
    writer_id: str, user_ids: Sequence[str]
) -> tuple[dict[str, User], dict[str, Relation]]:
    """The accounts of `user_ids`, and the writer's relation to each."""
    keys = [
        key
        for user_id in user_ids
        for key in relation_keys(
            writer_id, user_id, ("follows", "followed_by", "blocks", "blocked_by")
        )
    ]
    calls: list[Callable[[], Any]] = [lambda: find_users(user_ids), lambda: read_items(keys)]
    people, edges = in_parallel(*calls)
    relations = {user_id: relation_from(edges, writer_id, user_id) for user_id in user_ids}
    return people, relations
