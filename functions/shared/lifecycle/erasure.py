"""Erase what a service stores about an erased account: the handler of its queue
`<service>-user-erased`.

The work is divided into steps, each of which erases a page and returns whether more may be left.
Pages are always read again, so a handler that was cut off, or that gets the event twice, goes on
with what is still there. What does not fit into one message is left to the next one, which the
handler sends itself.
"""

from collections.abc import Callable

from shared.clock import now, seconds
from shared.events.envelopes import Envelope
from shared.events.users import UserErased
from shared.messaging.queues import Consumer, send

_PAGES = 20  # of one step in one message
# By then everything has arrived that was on its way when the account was purged (a frame, a count,
# an entry of a timeline), and a second look finds it. It is also the longest delay of SQS.
_SECOND_LOOK_AFTER = 900  # seconds

type Step = Callable[[str], bool]


class Erasure(Consumer):
    """Consumes `user.erased`, and runs a service's steps in the order of their declaration."""

    def __init__(self, queue: str) -> None:
        super().__init__()
        self.queue = queue
        self._steps: list[Step] = []
        self.on(UserErased)(self._erase)

    def step(self, erase: Step) -> Step:
        """Decorate the function that erases a page of a user's items, and returns whether more may
        be left."""
        self._steps.append(erase)
        return erase

    def _erase(self, envelope: Envelope, event: UserErased) -> None:
        if not all(_is_done(step, event.user_id) for step in self._steps):
            send(self.queue, envelope.to_json())
        elif seconds(envelope.occurred_at) > now() - _SECOND_LOOK_AFTER:
            send(self.queue, envelope.to_json(), delay=_SECOND_LOOK_AFTER)


def erasure(service: str, queue: str | None = None) -> Erasure:
    """The handler that erases accounts from a service's tables; `step` decorates its steps, and
    `on` other events of its queue, which is `<service>-user-erased` unless it is said."""
    return Erasure(queue or f"{service}-user-erased")


def _is_done(step: Step, user_id: str) -> bool:
    return not all(step(user_id) for _ in range(_PAGES))
