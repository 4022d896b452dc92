"""History before and after a message, and the search in a conversation."""

import base64
from collections.abc import Sequence
from typing import Any

import pytest

from chat import list_messages, message_pages, mute_conversation, search_messages
from chat.message_history import history
from chat.models import InboxRow, Message
from chat.rooms import find_view
from chat.visible_messages import find_message
from shared.access.caller import Caller
from shared.clock import stop_at
from shared.encoding import to_json
from shared.errors import MessageNotFound
from shared.ids import new_id
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import a_message, a_room, a_user, call, connect
from tests.unit.conftest import NOON

HISTORY = "GET /conversations/{conversation_id}/messages"
SEARCH = "GET /conversations/{conversation_id}/messages/search"


def ask(caller: Caller, conversation_id: str, **query: Any) -> tuple[int, Any]:
    app, route = (search_messages.app, SEARCH) if "q" in query else (list_messages.app, HISTORY)
    given = {name: str(value) for name, value in query.items()}
    return call(app, route, caller, path={"conversation_id": conversation_id}, query=given)


def pages(caller: Caller, conversation_id: str, **query: Any) -> list[list[str]]:
    """The ids of all pages."""
    found: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        status, body = ask(caller, conversation_id, **query, **cursor)
        assert status == 200
        found.append([each["id"] for each in body["messages"]])
        if body["next_cursor"] is None:
            return found
        cursor = {"cursor": body["next_cursor"]}


def ids(messages: Sequence[Message]) -> list[str]:
    return [each.message_id for each in messages]


def test_both_directions_from_a_message() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    sent = ids([a_message(room, one) for _ in range(7)])
    older = pages(other, room.conversation_id, before=sent[3], limit=2)
    assert [each for page in older for each in page] == sent[:3][::-1]
    newer = pages(other, room.conversation_id, after=sent[3], limit=2)
    assert newer[:2] == [[sent[5], sent[4]], [sent[6]]]
    assert not any(newer[2:])


def test_a_cursor_of_the_socket_continues_the_list() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    sent = ids([a_message(room, one) for _ in range(3)])
    cursor = history(find_view(room.conversation_id, other.user_id), 2)["next_cursor"]
    _, body = ask(other, room.conversation_id, cursor=cursor)
    assert [each["id"] for each in body["messages"]] == sent[:1]


@pytest.mark.parametrize(
    "query", [{"before": "x"}, {"after": "x" * 3000}, {"before": new_id(), "after": new_id()}]
)
def test_positions_that_are_not_valid(query: dict[str, str]) -> None:
    one = a_user()
    room = a_room(one, a_user())
    assert ask(one, room.conversation_id, **query)[1]["code"] == "invalid_input"


@pytest.mark.parametrize(
    ("q", "is_found"),
    [
        ("renée", True),
        ("RENEE cafe", True),
        ("café ren", True),
        ("meets", True),
        ("eets", False),
        ("renee tea", False),
        ("☕", True),
        ("🔥", False),
    ],
)
def test_words_in_any_order_case_and_accent(q: str, is_found: bool) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    wanted = a_message(room, one, content="Renée meets us at the CAFÉ! ☕")
    a_message(room, other, content="Something else")
    found = pages(other, room.conversation_id, q=q)
    assert found[0] == ([wanted.message_id] if is_found else [])


def test_a_search_reads_a_bounded_number_and_continues() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    wanted = [a_message(room, one, content="needle")]
    for _ in range(1000):
        a_message(room, one, content="hay")
    wanted += [a_message(room, one, content="a needle") for _ in range(3)]
    found = pages(other, room.conversation_id, q="needle", limit=2)
    assert [each for page in found for each in page] == ids(wanted)[::-1]
    assert found[0] == ids(wanted)[:1:-1]
    assert [] not in found[:2]


def test_who_is_not_a_member_finds_nothing() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    for query in ({"q": "x"}, {"before": new_id()}):
        assert ask(a_user(), room.conversation_id, **query)[1]["code"] == "conversation_not_found"
    connect(one, "blocks", other)
    assert ask(one, room.conversation_id, q="x")[1]["code"] == "conversation_not_found"
    assert ask(one, "x" * 3000, q="x")[1]["code"] == "conversation_not_found"


def names_no_hidden_message(cursor: str, hidden: Sequence[Message]) -> bool:
    """A cursor is signed, not encrypted."""
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return not any(each.message_id.encode() in raw for each in hidden)


@pytest.mark.parametrize("most", [30, 2])
@pytest.mark.parametrize("query", [{}, {"after": "0" * 26}, {"q": "hello"}, {"q": "else"}])
def test_a_cursor_names_no_message_of_a_hidden_member(
    query: dict[str, str], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if a page ends early because so many are hidden that it read no other."""
    for name, number in (("_READS", most), ("_SEARCHED", 3), ("_SEARCHES", most)):
        monkeypatch.setattr(message_pages, name, number)
    one, other, third = a_user(), a_user(), a_user()
    room = a_room(one, other, third, is_group=True)
    connect(one, "blocks", other)
    connect(other, "blocked_by", one)
    senders = [third, third, *[other] * 9, third, other, third, *[other] * 9]
    sent = []
    for number, sender in enumerate(senders):
        with stop_at(NOON + number // 3):
            sent.append(a_message(room, sender, content="Else" if number in (1, 11) else "Hello"))
    visible = [each for each in sent if each.sender_id == third.user_id]
    hidden = [each for each in sent if each.sender_id == other.user_id]
    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(30):
        _, body = ask(one, room.conversation_id, limit=1, **query, **cursor)
        found += [each["id"] for each in body["messages"]]
        if body["next_cursor"] is None:
            break
        cursor = {"cursor": body["next_cursor"]}
        assert names_no_hidden_message(body["next_cursor"], hidden)
    wanted = {"hello": (0, 3), "else": (1, 2)}.get(query.get("q", ""), range(4))
    expected = [visible[each].message_id for each in wanted]
    assert found == (expected if "after" in query else expected[::-1])


def test_the_cursor_of_the_socket_names_no_message_of_a_hidden_member() -> None:
    one, other, third = a_user(), a_user(), a_user()
    room = a_room(one, other, third, is_group=True)
    connect(one, "blocks", other)
    connect(other, "blocked_by", one)
    sent = [a_message(room, sender) for sender in (third, other, third, other, third, other)]
    data = history(find_view(room.conversation_id, one.user_id), 2)
    assert [each["id"] for each in data["messages"]] == [sent[2].message_id, sent[4].message_id]
    assert names_no_hidden_message(data["next_cursor"], sent[1::2])
    assert pages(one, room.conversation_id, cursor=data["next_cursor"]) == [[sent[0].message_id]]


def mute(caller: Caller, conversation_id: str, **body: Any) -> tuple[int, Any]:
    route = "PUT /conversations/{conversation_id}/mute"
    path = {"conversation_id": conversation_id}
    return call(mute_conversation.app, route, caller, path=path, body=body)


def test_a_conversation_is_muted_for_the_caller_alone(aws: MemoryAws) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    for is_muted in (True, True, False):
        status, shape = mute(one, room.conversation_id, is_muted=is_muted)
        assert (status, shape["is_muted"]) == (200, is_muted)
        row = InboxRow.find(one.user_id, room.conversation_id)
        assert row
        assert row.is_muted is is_muted
    assert InboxRow.find(other.user_id, room.conversation_id) is None
    assert mute(a_user(), room.conversation_id, is_muted=True)[0] == 404
    assert mute(one, room.conversation_id)[1]["code"] == "invalid_input"


def test_a_message_of_others_takes_as_many_calls_as_none(aws: MemoryAws) -> None:
    """Else the time of the answer would say that it exists."""
    one, other, outsider = a_user(), a_user(), a_user()
    room = a_room(one, other)
    calls = []
    for message_id in (a_message(room, one).message_id, new_id(), room.conversation_id):
        aws.calls.clear()
        with pytest.raises(MessageNotFound):
            find_message(message_id, outsider.user_id)
        calls.append(list(aws.calls))
    assert calls == [["dynamodb.Query", "dynamodb.BatchGetItem"]] * 3
    with pytest.raises(MessageNotFound):
        find_message(room.conversation_id, one.user_id)


@pytest.mark.parametrize("query", [{}, {"q": "word"}, {"after": "0" * 26}])
def test_a_page_of_large_messages_ends_early(
    monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    sent = ids([a_message(room, one, content="word " * 190) for _ in range(5)])
    _, whole = ask(other, room.conversation_id, **query)
    most = max(len(to_json(each).encode()) for each in whole["messages"])
    for module in (list_messages, search_messages):
        monkeypatch.setattr(module, "ANSWER_BYTES", 2 * most)
    found = pages(other, room.conversation_id, **query)
    assert [len(page) for page in found if page] == [2, 2, 1]
    assert sorted(each for page in found for each in page) == sent
