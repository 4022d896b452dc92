"""Several writes that all happen or none (TransactWriteItems)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import CancellationReason
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from shared.aws.clients import client
from shared.dynamodb.conditions import ConditionFailed, WriteConflict
from shared.dynamodb.retries import retry_conflicts

if TYPE_CHECKING:
    from shared.dynamodb.model import Table

_TRIES = 4
type Otherwise = Exception | Callable[[Mapping[str, Any]], Exception]


class Transaction:
    """The actions of one TransactWriteItems over any tables: all of them happen, or none.

    Each may say what is raised if its condition does not hold: `otherwise` is an error, or returns
    one for the item (in DynamoDB's form) that was found instead. Without it, `ConditionFailed` is
    raised.
    """

    def __init__(self) -> None:
        self._actions: list[dict[str, Any]] = []
        self._otherwise: list[Otherwise | None] = []

    def put(
        self, item: "Table", condition: Condition | None = None, otherwise: Otherwise | None = None
    ) -> None:
        """Put `item`, and replace the stored one unless `condition` prevents it."""
        self._add("Put", item.get_save_kwargs_from_instance(condition=condition), otherwise)

    def update(
        self,
        item: "Table",
        *actions: Action,
        condition: Condition | None = None,
        otherwise: Otherwise | None = None,
    ) -> None:
        """Update the stored item that has `item`'s key."""
        arguments = item.get_update_kwargs_from_instance(actions=list(actions), condition=condition)
        self._add("Update", arguments, otherwise)

    def delete(
        self, item: "Table", condition: Condition | None = None, otherwise: Otherwise | None = None
    ) -> None:
        """Delete the stored item that has `item`'s key."""
        self._add("Delete", item.get_delete_kwargs_from_instance(condition=condition), otherwise)

    def check(
        self,
        model: "type[Table]",
        *key: str,
        condition: Condition,
        otherwise: Otherwise | None = None,
    ) -> None:
        """Require `condition` of an item that this transaction does not write."""
        arguments = model.get_operation_kwargs_from_class(
            key[0], key[1] if len(key) > 1 else None, condition
        )
        self._add("ConditionCheck", arguments, otherwise)

    def _add(self, kind: str, arguments: dict[str, Any], otherwise: Otherwise | None) -> None:
        if callable(otherwise):
            arguments["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        self._actions.append({kind: arguments})
        self._otherwise.append(otherwise)

    def send(self) -> None:
        """Execute all actions, or raise: an `otherwise`, `ConditionFailed` or `WriteConflict`.

        While other transactions hold one of the items, nothing is written and it is tried again.
        """
        retry_conflicts(self._send, _TRIES)

    def _send(self) -> None:
        from botocore.exceptions import ClientError

        actions: Any = self._actions
        try:
            client("dynamodb").transact_write_items(TransactItems=actions)
        except ClientError as error:
            given: Any = error.response
            reasons = [_reason(each) for each in given.get("CancellationReasons", [])]
            codes = {reason.code for reason in reasons if reason}
            if "ConditionalCheckFailed" in codes:
                raise self._failure(reasons) from error
            if "TransactionConflict" in codes:
                raise WriteConflict from error
            raise

    def _failure(self, reasons: list[CancellationReason | None]) -> Exception:
        for reason, otherwise in zip(reasons, self._otherwise, strict=True):
            if reason and reason.code == "ConditionalCheckFailed" and otherwise:
                if isinstance(otherwise, Exception):
                    return otherwise
                return otherwise(reason.raw_item or {})
        return ConditionFailed(reasons)


def _reason(given: Mapping[str, Any]) -> CancellationReason | None:
    """Why the transaction failed at this action; None if the action was not the cause."""
    if given.get("Code", "None") == "None":
        return None
    return CancellationReason(given["Code"], given.get("Message"), given.get("Item"))


@contextmanager
def transaction() -> Iterator[Transaction]:
    """A `Transaction` that is sent if the block ends without an error."""
    write = Transaction()
    yield write
    write.send()
