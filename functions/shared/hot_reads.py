"""What a process has read within the last five seconds, for reads that many requests make alike.

Whatever is kept here must decide nothing: no rule about who may see what, and nothing of the viewer
whose request it is. Lists of ids qualify, since the items behind them are read and checked at each
request. Threads that need the same at the same time wait for one read of it.

Rejected: `cachetools`, which has bounded caches that expire, but reads key by key: a batch of keys,
of which some are kept and some are being read, is what this module is about.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Event, Lock

from shared.clock import now

LIFE = 5.0  # seconds
_KEPT = 5_000  # keys of one cache, after which the oldest go

_caches: "list[HotReads]" = []  # type: ignore[type-arg]  # of all keys and values


class _Flight[Key, Value]:
    """One read of several keys, which others may wait for."""

    __slots__ = ("began", "done", "values")

    def __init__(self, began: float) -> None:
        self.began = began
        self.done = Event()
        self.values: Mapping[Key, Value] = {}


class HotReads[Key, Value]:
    """A cache in front of `read`, which returns the values of the keys that it could read: those
    that it leaves out are read again next time."""

    def __init__(self, read: Callable[[Sequence[Key]], Mapping[Key, Value]]) -> None:
        self._read = read
        self._lock = Lock()
        self._flights: dict[Key, _Flight[Key, Value]] = {}
        _caches.append(self)

    def get(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """The values of `keys`, at most `LIFE` seconds old, without those that cannot be read."""
        wanted = list(dict.fromkeys(keys))
        mine = _Flight[Key, Value](now())
        missing = []
        flights: dict[Key, _Flight[Key, Value]] = {}
        with self._lock:
            for key in wanted:
                flight = self._flights.get(key)
                if flight is None or not 0 <= mine.began - flight.began < LIFE:
                    flight = mine
                    missing.append(key)
                    self._flights.pop(key, None)  # so that the order is that of the reads
                    self._flights[key] = mine
                flights[key] = flight
            for key in list(self._flights)[: max(len(self._flights) - _KEPT, 0)]:
                del self._flights[key]
        if missing:
            self._fly(mine, missing)
        found = {}
        for key, flight in flights.items():
            flight.done.wait()
            if key in flight.values:
                found[key] = flight.values[key]
        return found

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._flights.clear()

    def _fly(self, flight: _Flight[Key, Value], keys: Sequence[Key]) -> None:
        try:
            flight.values = self._read(keys)
        finally:
            with self._lock:
                for key in keys:
                    if key not in flight.values and self._flights.get(key) is flight:
                        del self._flights[key]
            flight.done.set()


def forget() -> None:
    """Forget what all caches of this process hold. For tests, and for benches of cold processes."""
    for each in _caches:
        each.clear()
