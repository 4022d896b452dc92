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

from chat.models import Conversation, InboxRow, Member
from shared.aws.clients import client
from shared.dynamodb.tables import parallel_map
from shared.transient import TransientError

_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that is new in a conversation."""

    sequence: str  # of the change: digits with leading zeros, which compare like the numbers
    message_id: str
    sender_id: str
    created_at: str


def count_messages(conversation: Conversation, arrivals: Sequence[Arrival]) -> None:
    """Add messages, in the order of the stream, to every member's row."""
    parallel_map(partial(_count, conversation.conversation_id, arrivals), conversation.members)


def ensure_rows(conversation: Conversation) -> None:
    """Give every member a row, before there is a message."""
    parallel_map(
        lambda member: ensure_row(conversation, member["user_id"], member["folder"]),
        conversation.members,
    )


def _count(conversation_id: str, arrivals: Sequence[Arrival], member: Member) -> None:
    # The first try assumes that there is no row. A failed condition returns the row as it is, so
    # the next try needs no read.
    counted: str | None = None
    read: str | None = None
    for _ in range(_ATTEMPTS):
        uncounted = [arrival for arrival in arrivals if arrival.sequence > (counted or "")]
        if not uncounted:
            return
        try:
            _add(conversation_id, member, uncounted, counted, read)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            answer: Any = error.response
            row = answer.get("Item") or {}
            counted = row.get("counted_seq", {}).get("S")
            read = row.get("last_read_message_id", {}).get("S")
    raise TransientError("the row changes faster than it can be counted")


def _add(
    conversation_id: str,
    member: Member,
    arrivals: Sequence[Arrival],
    counted: str | None,
    read: str | None,
) -> None:
    """Add `arrivals`, on condition that the row has counted up to `counted` and its member has read
    up to `read`."""
    user_id, last = member["user_id"], arrivals[-1]
    unread = sum(
        arrival.sender_id != user_id and arrival.message_id > (read or "") for arrival in arrivals
    )
    # A member who writes has accepted the conversation.
    has_written = any(arrival.sender_id == user_id for arrival in arrivals)
    folder = ":folder" if has_written else "if_not_exists(folder, :folder)"
    values = {
        ":folder": "inbox" if has_written else member["folder"],
        ":at": last.created_at,
        ":last": last.message_id,
        ":sequence": last.sequence,
    }
    conditions = []
    for name, value in (("counted_seq", counted), ("last_read_message_id", read)):
        if value is None:
            conditions.append(f"attribute_not_exists({name})")
        else:
            conditions.append(f"{name} = :{name}")
            values[f":{name}"] = value
    client("dynamodb").update_item(
        TableName=InboxRow.Meta.table_name,
        Key={"user_id": {"S": user_id}, "conversation_id": {"S": conversation_id}},
        UpdateExpression=(
            f"SET folder = {folder}, active_at = :at, last_message_id = :last,"
            " counted_seq = :sequence ADD unread_count :unread"
        ),
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
