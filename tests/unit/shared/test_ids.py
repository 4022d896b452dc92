"""ULIDs: their form, their order, their time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from shared import clock, ids

# From the specification's own example: the time part of 1469918176385 milliseconds.
SPECIFIED_TIME = 1_469_918_176.385
SPECIFIED_PREFIX = "01ARYZ6S41"


def test_an_id_is_26_characters_and_is_recognised() -> None:
    made = ids.new_id()
    assert len(made) == 26
    assert ids.is_id(made)


def test_ids_sort_in_the_order_they_were_made_even_within_a_millisecond() -> None:
    with clock.stop_at(1_767_614_400.0):
        made = [ids.new_id() for _ in range(1000)]
    with clock.stop_at(1_767_614_400.001):
        made.append(ids.new_id())
    assert made == sorted(made)
    assert len(set(made)) == 1001


def test_threads_do_not_make_the_same_id() -> None:
    with clock.stop_at(1_767_614_400.0), ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: ids.new_id(), range(4000)))
    assert len(set(made)) == 4000


def test_the_time_is_written_as_specified_and_read_back() -> None:
    with clock.stop_at(SPECIFIED_TIME):
        made = ids.new_id()
    assert made.startswith(SPECIFIED_PREFIX)
    assert ids.time_of(made) == SPECIFIED_TIME


def test_the_first_id_of_a_moment_is_not_after_any_id_of_it_and_after_all_older_ones() -> None:
    with clock.stop_at(1_767_614_399.999):
        older = ids.new_id()
    with clock.stop_at(1_767_614_400.0):
        same = ids.new_id()
    assert older < ids.first_id_at(1_767_614_400.0) <= same


def test_a_derived_id_is_the_same_for_the_same_fact_alone() -> None:
    derived = ids.derived_id(SPECIFIED_TIME, "liked", "a")
    assert derived == ids.derived_id(SPECIFIED_TIME, "liked", "a")
    assert derived != ids.derived_id(SPECIFIED_TIME, "liked", "b")
    assert derived != ids.derived_id(SPECIFIED_TIME, "like", "da")
    assert ids.is_id(derived)
    assert ids.time_of(derived) == SPECIFIED_TIME


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01ARYZ6S41TSV4RRFFQ69G5FA",  # 25
        "01ARYZ6S41TSV4RRFFQ69G5FAVX",  # 27
        "01aryz6s41tsv4rrffq69g5fav",  # lower case
        "81ARYZ6S41TSV4RRFFQ69G5FAV",  # more than 128 bits
        "01ARYZ6S41TSV4RRFFQ69G5FAI",  # I, L, O and U are not in the alphabet
        "01ARYZ6S41TSV4RRFFQ69G5FA\n",
        "01ARYZ6S41TSV4RRFFQ69G5FÄV",
    ],
)
def test_what_is_no_id(text: str) -> None:
    assert not ids.is_id(text)


@pytest.mark.parametrize("number", [0, 1, 31, 32, 1023, 1024, 2**128 - 1])
def test_numbers_are_written_in_base_32(number: int) -> None:
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    written = ids.encode(number)
    read = 0
    for character in written:
        read = read * 32 + digits.index(character)
    assert (len(written), read) == (26, number)


def test_an_id_of_the_far_future_is_still_an_id() -> None:
    moment = datetime.fromisoformat("9999-12-31T23:59:59+00:00").timestamp()
    assert ids.is_id(ids.first_id_at(moment))
