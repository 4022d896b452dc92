"""Queries: each kind of parameter, from both sides of its rule."""

import pytest

from shared.errors import InvalidInput
from shared.http.queries import Choice, Count, Flag, Id, ListQuery, Query, Text
from shared.ids import new_id


class Search(ListQuery):
    """A query with a parameter of each kind."""

    q = Text(2, 4)
    since = Text(0, 3, also="after").optional()
    folder = Choice("inbox", "requests").or_else("inbox")
    post_id = Id().optional()
    size = Count().or_else(7)
    is_new = Flag()


def read(**given: str) -> Search:
    return Search({"q": "abc", **given})


def problem(**given: str) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as raised:
        read(**given)
    [detail] = raised.value.details
    return detail["field"], detail["error"]


def test_what_is_absent_has_its_default() -> None:
    query = read()
    assert (query.since, query.folder, query.post_id) == (None, "inbox", None)
    assert (query.size, query.is_new, query.limit, query.cursor) == (7, False, None, None)


def test_a_parameter_without_a_default_is_required() -> None:
    with pytest.raises(InvalidInput) as raised:
        Search({})
    assert raised.value.details == [{"field": "q", "error": "Field required"}]


def test_each_parameter_that_is_not_valid_is_named() -> None:
    with pytest.raises(InvalidInput) as raised:
        Search({"q": "x", "folder": "all", "limit": "0"})
    assert {detail["field"] for detail in raised.value.details} == {"q", "folder", "limit"}


def test_unknown_parameters_are_ignored() -> None:
    assert "other" not in read(other="1").values


def test_a_text_is_trimmed_and_normalized_before_it_is_counted() -> None:
    assert read(q=" ab ").q == "ab"
    assert read(q="e\u0301" * 4).q == "\u00e9" * 4
    assert problem(q=" a ") == ("q", "String should have at least 2 characters")
    assert problem(q="abcde") == ("q", "String should have at most 4 characters")
    assert problem(q="ab\ud800") == ("q", "The text contains an invalid character.")


def test_a_second_name_counts_if_the_first_is_absent() -> None:
    assert read(after="x").since == "x"
    assert read(after="x", since="y").since == "y"


def test_a_choice_is_one_of_its_words() -> None:
    assert read(folder="requests").folder == "requests"
    assert problem(folder="Inbox") == ("folder", "Input should be 'inbox' or 'requests'")


def test_an_id_is_a_ulid() -> None:
    post_id = new_id()
    assert read(post_id=f" {post_id} ").post_id == post_id
    assert problem(post_id=post_id[:-1]) == ("post_id", "This is not a valid id.")


@pytest.mark.parametrize("count", ["0", "-1", "x", "1.5", "", "\u0663"])
def test_a_count_is_a_whole_number_of_at_least_one(count: str) -> None:
    assert problem(limit=count)[0] == "limit"


def test_a_count_of_any_length_is_read_at_once() -> None:
    assert read(limit="1").limit == 1
    assert read(limit="9" * 8000).limit == int("9" * 18)


@pytest.mark.parametrize("word", ["1", "true", "True", " yes ", "on", "t", "y"])
def test_words_that_switch_a_flag_on(word: str) -> None:
    assert read(is_new=word).is_new is True


@pytest.mark.parametrize("word", ["0", "false", "FALSE", "no", "off", "f", "n"])
def test_words_that_leave_a_flag_off(word: str) -> None:
    assert read(is_new=word).is_new is False


def test_other_words_are_no_flag() -> None:
    assert problem(is_new="maybe")[0] == "is_new"


def test_a_query_inherits_parameters_and_keeps_its_own() -> None:
    assert [*Search.parameters][:3] == ["limit", "page_size", "cursor"]
    assert Query.parameters == {}
    assert "q" not in ListQuery.parameters
