"""Erase what a service stores about an erased account: the handler of its queue
`<service>-user-erased`.

The work is divided into steps, each of which erases a page and returns where it ended, if more may
be left. Pages are always read again, so a handler that was cut off, or that gets the event twice,
goes on with what is still there. What the time of one message does not suffice for is left to the
next one, which the handler sends itself.
"""

from collections.abc import Callable
from functools import partial

from shared.clock import now, seconds
from shared.events.envelopes import Envelope
from shared.events.users import UserErased
from shared.messaging.chains import Place, do_pages
from shared.messaging.queues import Consumer, send, send_rest

# By then everything has arrived that was on its way when the account was purged (a frame, a count,
# an entry of a timeline), and a second look finds it. It is also the longest delay of SQS.
_SECOND_LOOK_AFTER = 900  # seconds

type Step = Callable[[str], Place]


class Erasure(Consumer):
    """Consumes `user.erased`, and runs a service's steps in the order of their declaration."""

    def __init__(self, queue: str) -> None:
        super().__init__()
        self.queue = queue
        self._steps: list[Step] = []
        self.on(UserErased)(self._erase)

    def step(self, erase: Step) -> Step:
        """Decorate the function that erases a page of a user's items, and returns where it ended,
        if more may be left."""
        self._steps.append(erase)
        return erase

    def _erase(self, envelope: Envelope, event: UserErased) -> None:
        if any(do_pages(partial(step, event.user_id)) for step in self._steps):
            send_rest(self.queue, envelope.to_json())
        elif seconds(envelope.occurred_at) > now() - _SECOND_LOOK_AFTER:
            send(self.queue, envelope.to_json(), delay=_SECOND_LOOK_AFTER)


def erasure(service: str, queue: str | None = None) -> Erasure:
    """The handler that erases accounts from a service's tables; `step` decorates its steps, and
    `on` other events of its queue, which is `<service>-user-erased` unless it is said."""
    return Erasure(queue or f"{service}-user-erased")
