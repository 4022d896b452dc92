"""Who may write to whom, and where it lands."""

import pytest

from chat.message_permissions import folder_of, folders
from shared.errors import MessageNotAllowed, UserNotFound
from shared.ids import new_id
from tests.unit.chat.conftest import a_user, befriend, connect
from users.models import User
from users.public import Relation

MUTUAL = Relation(follows=True, followed_by=True)


def receiver(**given: object) -> User:
    return User("R", **{"status": "active", "allow_message_requests": True, **given})


@pytest.mark.parametrize(
    ("relation", "takes_requests", "folder"),
    [
        (MUTUAL, True, "inbox"),
        (MUTUAL, False, "inbox"),
        (Relation(), True, "requests"),
        (Relation(follows=True), True, "requests"),
        (Relation(followed_by=True), True, "requests"),
    ],
)
def test_where_it_lands(relation: Relation, takes_requests: bool, folder: str) -> None:
    assert folder_of(receiver(allow_message_requests=takes_requests), relation) == folder


@pytest.mark.parametrize("relation", [Relation(), Relation(follows=True)])
def test_requests_can_be_switched_off(relation: Relation) -> None:
    with pytest.raises(MessageNotAllowed):
        folder_of(receiver(allow_message_requests=False), relation)


@pytest.mark.parametrize(
    ("user", "relation"),
    [
        (None, MUTUAL),
        (receiver(status="banned"), MUTUAL),
        (receiver(status="deleted"), MUTUAL),
        (receiver(status="unverified"), MUTUAL),
        (receiver(), Relation(follows=True, followed_by=True, blocked=True)),
    ],
)
def test_who_is_not_there_for_the_writer(user: User | None, relation: Relation) -> None:
    with pytest.raises(UserNotFound):
        folder_of(user, relation)


def test_the_folders_of_several() -> None:
    writer, friend, stranger = a_user(), a_user(), a_user()
    befriend(writer, friend)
    assert folders(writer.user_id, [friend.user_id, stranger.user_id]) == {
        friend.user_id: "inbox",
        stranger.user_id: "requests",
    }
    with pytest.raises(UserNotFound):
        folders(writer.user_id, [friend.user_id, new_id()])
    connect(stranger, "blocked_by", writer)
    connect(writer, "blocks", stranger)
    with pytest.raises(UserNotFound):
        folders(writer.user_id, [stranger.user_id])
    with pytest.raises(UserNotFound):
        folders(stranger.user_id, [writer.user_id])
