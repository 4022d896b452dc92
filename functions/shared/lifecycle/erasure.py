"""Erasing what a service holds of an account that is gone: the handler of a service's queue
`<service>-user-erased`.

The work is cut into steps, each of which erases a page and tells whether more may be left. Pages
are always read anew, so whoever is cut off, or told twice, goes on with what is still there. What
one message does not get done is left to the next one, which the handler sends itself.
"""

from collections.abc import Callable

from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from shared.clock import now, seconds
from shared.dynamodb.tables import Table, query, write_items
from shared.events.envelopes import Envelope
from shared.events.users import UserErased
from shared.messaging.queues import Consumer, send

PAGE = 250  # items
_PAGES = 20  # of one step in one message
# What was on its way when the account was purged (a frame, a count, an entry of a timeline) has
# arrived by then, and a second look finds it. It is also as late as SQS delivers.
_SETTLED_AFTER = 900  # seconds

type Step = Callable[[str], bool]


class Erasure(Consumer):
    """Takes `user.erased`, and does a service's steps in the order in which they were declared."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.queue = f"{service}-user-erased"
        self._steps: list[Step] = []
        self.on(UserErased)(self._erase)

    def step(self, erase: Step) -> Step:
        """Decorate what erases a page of a user's things; it returns whether more may be left."""
        self._steps.append(erase)
        return erase

    def _erase(self, envelope: Envelope, event: UserErased) -> None:
        if not all(_is_done(step, event.user_id) for step in self._steps):
            send(self.queue, envelope.to_json())
        elif seconds(envelope.occurred_at) > now() - _SETTLED_AFTER:
            send(self.queue, envelope.to_json(), delay=_SETTLED_AFTER)


def erasure(service: str) -> Erasure:
    """The handler that erases accounts from a service's tables; its `step` decorates a step."""
    return Erasure(service)


def delete_page[Item: Table](
    source: type[Item] | GlobalSecondaryIndex[Item],
    hash_key: str,
    range_condition: Condition | None = None,
) -> bool:
    """Delete a page of what a query finds; whether more may be left."""
    # An index cannot be read consistently; what it shows too late is found by the second look.
    is_table = not isinstance(source, GlobalSecondaryIndex)
    found, following = query(source, hash_key, range_condition, limit=PAGE, consistent=is_table)
    write_items(deletes=found)
    return following is not None


def _is_done(step: Step, user_id: str) -> bool:
    return not all(step(user_id) for _ in range(_PAGES))
