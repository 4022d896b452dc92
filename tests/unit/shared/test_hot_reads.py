"""What a process has read a moment ago."""

from collections.abc import Mapping, Sequence
from threading import Event, Thread

import pytest

from shared import clock, hot_reads
from shared.hot_reads import LIFE, HotReads

NOON = 1_767_614_400.0


class Source:
    """Values by key, and which keys were read."""

    def __init__(self) -> None:
        self.reads: list[list[str]] = []
        self.unread: set[str] = set()

    def read(self, keys: Sequence[str]) -> Mapping[str, int]:
        self.reads.append(list(keys))
        return {key: len(self.reads) for key in keys if key not in self.unread}


def test_what_was_read_is_good_for_five_seconds() -> None:
    source = Source()
    cache = HotReads(source.read)
    with clock.stop_at(NOON):
        assert cache.get(["a", "b", "a"]) == {"a": 1, "b": 1}
    with clock.stop_at(NOON + LIFE - 0.1):
        assert cache.get(["b", "c"]) == {"b": 1, "c": 2}
    with clock.stop_at(NOON + LIFE):
        assert cache.get(["a", "c"]) == {"a": 3, "c": 2}
    assert source.reads == [["a", "b"], ["c"], ["a"]]


def test_what_could_not_be_read_is_read_again() -> None:
    source = Source()
    source.unread = {"b"}
    cache = HotReads(source.read)
    assert cache.get(["a", "b"]) == {"a": 1}
    source.unread = set()
    assert cache.get(["a", "b"]) == {"a": 1, "b": 2}


def test_an_error_is_raised_and_not_kept() -> None:
    def read(keys: Sequence[str]) -> Mapping[str, int]:
        raise LookupError if not keys_read else RuntimeError

    keys_read: list[str] = []
    cache = HotReads(read)
    with pytest.raises(LookupError):
        cache.get(["a"])
    keys_read.append("a")
    with pytest.raises(RuntimeError):
        cache.get(["a"])


def test_threads_that_need_the_same_wait_for_one_read() -> None:
    begun, may_end = Event(), Event()
    reads = []

    def read(keys: Sequence[str]) -> Mapping[str, str]:
        reads.append(list(keys))
        if keys == ["a"]:
            begun.set()
            assert may_end.wait(10)
        return dict.fromkeys(keys, "read")

    cache = HotReads(read)
    found: list[dict[str, str]] = []
    first = Thread(target=lambda: found.append(cache.get(["a"])))
    first.start()
    assert begun.wait(10)
    others = [Thread(target=lambda: found.append(cache.get(["a"]))) for _ in range(5)]
    for each in others:
        each.start()
    assert cache.get(["b"]) == {"b": "read"}, "other keys do not wait"
    may_end.set()
    for each in (first, *others):
        each.join(10)
    assert found == [{"a": "read"}] * 6
    assert reads == [["a"], ["b"]]


def test_the_oldest_keys_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot_reads, "_KEPT", 2)
    source = Source()
    cache = HotReads(source.read)
    cache.get(["a"])
    cache.get(["b"])
    cache.get(["c"])
    assert cache.get(["b", "c"]) == {"b": 2, "c": 3}
    assert cache.get(["a"]) == {"a": 4}
