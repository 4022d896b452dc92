"""Who may write to whom, and in which folder the conversation appears."""

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
def test_the_folder_of_a_first_message(
    relation: Relation, takes_requests: bool, folder: str
) -> None:
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
def test_a_receiver_whom_the_writer_cannot_see(user: User | None, relation: Relation) -> None:
    with pytest.raises(UserNotFound):
        folder_of(user, relation)


def test_the_folders_of_several() -> None:
    writer, friend, outsider = a_user(), a_user(), a_user()
    befriend(writer, friend)
    assert folders(writer.user_id, [friend.user_id, outsider.user_id]) == {
        friend.user_id: "inbox",
        outsider.user_id: "requests",
    }
    with pytest.raises(UserNotFound):
        folders(writer.user_id, [friend.user_id, new_id()])
    connect(outsider, "blocked_by", writer)
    connect(writer, "blocks", outsider)
    with pytest.raises(UserNotFound):
        folders(writer.user_id, [outsider.user_id])
    with pytest.raises(UserNotFound):
        folders(outsider.user_id, [writer.user_id])
