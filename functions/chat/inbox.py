"""The members' rows of a conversation: a projection of the stream of messages.

A row holds the last message and the unread count. The messages of a conversation arrive in order,
and each row remembers the last change that it counted, so a batch that is delivered again, wholly
or in part, adds only what is new. A message that its member read before the stream delivered it
does not count as unread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from chat.models import Conversation, InboxRow, Member, Message
from shared.aws.clients import client
from shared.dynamodb.tables import parallel_map, query
from shared.transient import TransientError

_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that is new in a conversation, or (`is_removed`) no longer there."""

    sequence: str  # of the change: digits with leading zeros, which compare like the numbers
    message_id: str
    sender_id: str
    created_at: str
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the row of a member is known to hold: the condition of its update."""

    counted: str | None = None  # the last change that it counted
    read: str | None = None
    hidden: str | None = None  # the last message that is hidden from the member
    last: str | None = None  # its last message; changes only with these


@dataclass(frozen=True, slots=True)
class Last:
    """The last message of a conversation, and when it was active."""

    message_id: str | None
    active_at: str


def count_messages(conversation: Conversation, arrivals: Sequence[Arrival]) -> None:
    """Add and remove messages, in the order of the stream, in every member's row."""
    newest = None
    if any(arrival.is_removed for arrival in arrivals):
        found, _ = query(Message, conversation.conversation_id, limit=1, consistent=True)
        newest = (
            Last(found[0].message_id, found[0].created_at)
            if found
            else Last(None, conversation.created_at)
        )
    parallel_map(
        partial(_count, conversation.conversation_id, arrivals, newest), conversation.members
    )


def ensure_rows(conversation: Conversation) -> None:
    """Give every member a row, before there is a message."""
    parallel_map(
        lambda member: ensure_row(conversation, member["user_id"], member["folder"]),
        conversation.members,
    )


def _count(
    conversation_id: str, arrivals: Sequence[Arrival], newest: Last | None, member: Member
) -> None:
    # The first try assumes that there is no row. A failed condition returns the row as it is, so
    # the next try needs no read.
    known = Known()
    for _ in range(_ATTEMPTS):
        uncounted = [arrival for arrival in arrivals if arrival.sequence > (known.counted or "")]
        if not uncounted:
            return
        try:
            _add(conversation_id, member, uncounted, known, newest)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            answer: Any = error.response
            row = answer.get("Item") or {}
            known = Known(
                row.get("counted_seq", {}).get("S"),
                row.get("last_read_message_id", {}).get("S"),
                row.get("hidden_to", {}).get("S"),
                row.get("last_message_id", {}).get("S"),
            )
    raise TransientError("the row changes faster than it can be counted")


def _add(
    conversation_id: str,
    member: Member,
    arrivals: Sequence[Arrival],
    known: Known,
    newest: Last | None,
) -> None:
    """Count `arrivals`, on condition that the row is as it is `known`; without `newest` the last
    message is the greatest of them, or the one that the row has."""
    user_id, hidden = member["user_id"], known.hidden or ""
    read = max(known.read or "", hidden)
    unread = sum(
        -1 if arrival.is_removed else 1
        for arrival in arrivals
        if arrival.sender_id != user_id and arrival.message_id > read
    )
    # A member who writes has accepted the conversation.
    has_written = any(
        arrival.sender_id == user_id and not arrival.is_removed for arrival in arrivals
    )
    folder = ":folder" if has_written else "if_not_exists(folder, :folder)"
    values = {
        ":folder": "inbox" if has_written else member["folder"],
        ":sequence": arrivals[-1].sequence,
    }
    changes, forgotten = [f"folder = {folder}", "counted_seq = :sequence"], ""
    greatest = max(arrivals, key=lambda arrival: arrival.message_id)
    last = newest or Last(greatest.message_id, greatest.created_at)
    if hidden and hidden >= (last.message_id or ""):
        forgotten = " REMOVE last_message_id"
    elif newest or greatest.message_id > (known.last or ""):
        changes.append("active_at = :at")
        values[":at"] = last.active_at
        if last.message_id:
            changes.append("last_message_id = :last")
            values[":last"] = last.message_id
        else:
            forgotten = " REMOVE last_message_id"
    conditions = []
    for name, value in (
        ("counted_seq", known.counted),
        ("last_read_message_id", known.read),
        ("hidden_to", known.hidden),
    ):
        if value is None:
            conditions.append(f"attribute_not_exists({name})")
        else:
            conditions.append(f"{name} = :{name}")
            values[f":{name}"] = value
    client("dynamodb").update_item(
        TableName=InboxRow.Meta.table_name,
        Key={"user_id": {"S": user_id}, "conversation_id": {"S": conversation_id}},
        UpdateExpression=f"SET {', '.join(changes)}{forgotten} ADD unread_count :unread",
        ConditionExpression=" AND ".join(conditions),
        ExpressionAttributeValues={
            **{name: {"S": value} for name, value in values.items()},
            ":unread": {"N": str(unread)},
        },
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )


def ensure_row(conversation: Conversation, user_id: str, folder: str) -> InboxRow:
    """Create a member's row unless it exists; return the stored row."""
    row = InboxRow(user_id, conversation.conversation_id)
    row.update(
        actions=[
            InboxRow.folder.set(InboxRow.folder | folder),
            InboxRow.active_at.set(InboxRow.active_at | conversation.created_at),
            InboxRow.unread_count.set(InboxRow.unread_count | 0),
        ]
    )
    return row
