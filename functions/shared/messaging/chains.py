"""Chains: work of many pages. A message does pages while its Lambda has time, and the consumer
sends the rest to its own queue (`queues.send_rest`).

AWS lets a chain go on for ever (`RecursiveLoop: Allow`), so it must end by itself. Where pages end
is therefore compared: within a message the same place twice is an index that lags, which is waited
for; a message that ends where the one before it ended fails (`NoProgress`), until it is in the
dead-letter queue.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.encoding import to_json
from shared.parallel import back_off

# Milliseconds for the page that has begun, with the retries of its calls, and for sending the rest.
MARGIN = 15_000
_ATTRIBUTE = "left_at"  # of a message
_PATIENCE = 6  # times that a page may end where the last one ended

# Where a page ended, which changes with everything that is done: the key behind it, or the ids of
# what is not finished. None after the last page.
type Place = dict[str, Any] | list[str] | None


class NoProgress(Exception):
    """A chain is where the message before this one left it."""


class _Message:
    """The message being handled: what time its Lambda has left, and how far it got."""

    def __init__(self, context: Any = None, began_at: str = "") -> None:
        self._context = context
        self.began_at = began_at
        self.left_at: set[str] = set()
        self.has_begun = False

    def has_time(self) -> bool:
        """Whether to do another page: each message finishes at least one step or page."""
        if self._context is None or not self.has_begun:
            return True
        return bool(self._context.get_remaining_time_in_millis() > MARGIN)


_message = _Message()  # what is no message has all the time it needs


@contextmanager
def handling(record: dict[str, Any], context: Any) -> Iterator[None]:
    """Within the block, pages are of this SQS record and have the time of this Lambda."""
    global _message
    began_at = record.get("messageAttributes", {}).get(_ATTRIBUTE, {}).get("stringValue", "")
    _message = _Message(context, began_at)
    try:
        yield
    finally:
        # Not the one before this: where consumers run at the same time, that may have ended.
        _message = _Message()


def do_pages(page: Callable[[], Place]) -> bool:
    """Do page after page while there is time; return whether more is left."""
    return follow_pages(lambda _: page()) is not None


def follow_pages(page: Callable[[Any], Place], after: Place = None) -> Place:
    """Likewise for pages that begin where the last one ended, the first one behind `after` (None:
    at the beginning). Returns behind which to go on; None if nothing is left."""
    place = after or {}
    repeated = 0
    while _message.has_time():
        following = page(place or None)
        if not following:
            return None
        _message.has_begun = True
        repeated = repeated + 1 if following == place else 0
        place = following
        if repeated == _PATIENCE:
            break
        if repeated:
            back_off(repeated)
    _message.left_at.add(to_json({"place": place}))
    return place


def rest_attributes() -> dict[str, Any]:
    """The attributes of the message with the rest; raises `NoProgress` if this one did nothing."""
    places = "".join(sorted(_message.left_at))
    left_at = hashlib.sha256(places.encode()).hexdigest()
    if left_at == _message.began_at:
        raise NoProgress
    return {_ATTRIBUTE: {"DataType": "String", "StringValue": left_at}}
