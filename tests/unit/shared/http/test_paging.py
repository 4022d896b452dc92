"""Cursors: they continue where a page ended, for one list and one caller only."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from shared.access.caller import Caller
from shared.errors import InvalidCursor, InvalidInput
from shared.http.paging import MAX_CURSOR, Page, next_cursor, read_count, read_page
from shared.http.queries import Choice, ListQuery, Text
from shared.ids import new_id
from tests.support.gateway import make_request
from tests.support.memory_aws import MemoryAws


class Search(ListQuery):
    """The query of a list."""

    q = Text(1, 50).optional()
    kind = Choice("all", "posts", "people").or_else("all")


AFTER = {"post_id": "01ARYZ6S41TSV4RRFFQ69G5FAV", "score": 12, "seen": ["ü", None]}


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws) -> None:
    """AWS in memory, with the key of the cursors."""


def follow(made_for: dict[str, Any], sent_to: dict[str, Any]) -> Page:
    cursor = next_cursor(make_request(**made_for), AFTER)
    assert cursor is not None
    parameters = {**sent_to.get("parameters", {}), "cursor": cursor}
    return read_page(make_request(**{**sent_to, "parameters": parameters}))


def test_a_cursor_continues_where_the_page_ended(caller: Caller) -> None:
    of_list = {"caller": caller, "path": {"user": "me"}, "query": Search({"q": "cats"})}
    assert follow(of_list, of_list).after == AFTER


def test_a_cursor_is_bound_to_the_parsed_query(caller: Caller) -> None:
    made_for = {"caller": caller, "query": Search({}), "parameters": {"_": "1", "ref": "bell"}}
    sent_to = {
        "caller": caller,
        "query": Search({"kind": "all", "limit": "5"}),
        "parameters": {"_": "2", "kind": "all", "limit": "5"},
    }
    assert follow(made_for, sent_to).after == AFTER
    del made_for["query"], sent_to["query"]
    assert follow(made_for, sent_to).after == AFTER


def test_without_a_cursor_a_list_starts_and_at_its_end_there_is_none(caller: Caller) -> None:
    request = make_request(caller=caller)
    assert read_page(request) == Page(20, None)
    assert next_cursor(request, None) is None


def test_the_size_of_the_page_may_change(caller: Caller) -> None:
    before = {"caller": caller, "parameters": {"limit": "5", "page": "1", "page_offset": "0"}}
    assert follow(before, {"caller": caller, "parameters": {"limit": "50"}}).after == AFTER


def test_a_cursor_of_a_list_that_anybody_may_read_needs_no_caller() -> None:
    assert follow({}, {}).after == AFTER


@pytest.mark.parametrize(
    "change",
    [
        {"caller": None},
        {"caller": Caller("someone", "someone_else", "session", "user", "full")},
        {"name": "list_comments"},
        {"path": {"user": "somebody"}},
        {"query": Search({"q": "dogs"})},
        {"query": Search({})},
        {"query": Search({"q": "cats", "kind": "posts"})},
    ],
    ids=["caller", "account", "name", "path", "words", "no words", "kind"],
)
def test_another_list_query_or_caller_is_refused(caller: Caller, change: dict[str, Any]) -> None:
    of_list = {"caller": caller, "path": {"user": "me"}, "query": Search({"q": "cats"})}
    with pytest.raises(InvalidCursor):
        follow(of_list, {**of_list, **change})


def test_another_session_of_the_same_caller_may_continue(caller: Caller) -> None:
    elsewhere = replace(caller, session_id=new_id(), username="renamed")
    assert follow({"caller": caller}, {"caller": elsewhere}).after == AFTER


def test_every_changed_character_is_noticed(caller: Caller) -> None:
    request = make_request(caller=caller)
    cursor = next_cursor(request, AFTER)
    assert cursor is not None
    for position in range(len(cursor) - 1):  # the last one's lowest bits mean nothing
        other = "A" if cursor[position] != "A" else "B"
        request.parameters = {"cursor": cursor[:position] + other + cursor[position + 1 :]}
        with pytest.raises(InvalidCursor):
            read_page(request)


@pytest.mark.parametrize(
    "cursor",
    [
        "a",
        "%%%",
        "ü",
        "AAAA",
        "A" * 100,
        base64.urlsafe_b64encode(b'{"post_id": "x"}').decode(),
        "A" * (MAX_CURSOR + 1),
    ],
    ids=lambda cursor: cursor[:10],
)
def test_an_invalid_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        read_page(make_request(parameters={"cursor": cursor}))


def test_a_cursor_that_is_too_long_is_not_returned() -> None:
    with pytest.raises(ValueError, match="list_posts makes a cursor that is too long"):
        next_cursor(make_request(), {"seen": "x" * MAX_CURSOR})


@pytest.mark.parametrize(
    ("parameters", "limit"),
    [
        ({}, 20),
        ({"limit": "1"}, 1),
        ({"limit": "100"}, 100),
        ({"limit": "101"}, 100),
        ({"limit": "9" * 3000}, 100),
        ({"page_size": "7"}, 7),
        ({"limit": "5", "page_size": "7"}, 5),
    ],
    ids=lambda value: str(value)[:40],
)
def test_limits(parameters: dict[str, str], limit: int) -> None:
    assert read_page(make_request(parameters=parameters)).limit == limit


@pytest.mark.parametrize("limit", ["0", "-1", "", "1.0", "1e2", " 5", "٣", "²", "000"])
def test_an_invalid_limit_is_refused(limit: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_page(make_request(parameters={"limit": limit}))
    assert raised.value.details[0]["field"] == "limit"


def test_a_list_may_have_other_limits() -> None:
    request = make_request(parameters={"limit": "200"})
    assert read_page(request, default=50, maximum=150).limit == 150
    assert read_page(make_request(), default=50).limit == 50


def test_a_count_may_start_at_zero() -> None:
    assert read_count({"page_offset": "0"}, "page_offset", 5, minimum=0) == 0
