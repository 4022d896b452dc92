"""The id of a one-to-one, and who can find a conversation."""

import pytest

from chat.rooms import get_visible_room, one_to_one_id, own_room
from shared.errors import ConversationNotFound
from shared.ids import is_id, new_id, time_of
from tests.unit.chat.conftest import a_room, a_user, connect


def test_both_people_get_the_same_id() -> None:
    one, other, third = new_id(), new_id(), new_id()
    assert one_to_one_id(one, other) == one_to_one_id(other, one)
    assert one_to_one_id(one, other) != one_to_one_id(one, third)
    assert is_id(one_to_one_id(one, other))
    assert time_of(one_to_one_id(one, other)) == pytest.approx(time_of(other), abs=0.002)


def test_only_members_find_a_conversation() -> None:
    one, other, outsider = a_user(), a_user(), a_user()
    room = a_room(one, other, folder="requests")
    assert (
        get_visible_room(room.conversation_id, one.user_id).conversation_id == room.conversation_id
    )
    found, row = own_room(room.conversation_id, other.user_id)
    assert (found.member_ids(), row.folder) == ([one.user_id, other.user_id], "requests")
    for conversation_id, user in ((room.conversation_id, outsider), (new_id(), one), ("x", one)):
        with pytest.raises(ConversationNotFound):
            get_visible_room(conversation_id, user.user_id)


def test_a_block_hides_a_one_to_one_from_both_but_no_group() -> None:
    one, other, third = a_user(), a_user(), a_user()
    pair, group = a_room(one, other), a_room(one, other, third, is_group=True)
    connect(one, "blocks", other)
    connect(other, "blocked_by", one)
    for user in (one, other):
        with pytest.raises(ConversationNotFound):
            get_visible_room(pair.conversation_id, user.user_id)
        assert get_visible_room(group.conversation_id, user.user_id)
