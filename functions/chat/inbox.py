"""Members' rows of a conversation, kept from the stream of messages: last message and unread count.

The messages of a conversation arrive in order, and each row remembers the last change that it
counted: a batch that comes again, or in part, adds only what is new. What its member has read
already is not unread, even where the news of it comes later than the reading.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chat.models import Conversation, InboxRow, Member
from shared.aws.clients import client
from shared.dynamodb.tables import in_parallel
from shared.transient import TransientError

_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that is new in a conversation."""

    sequence: str  # of the change: digits with leading zeros, so that they compare as numbers
    message_id: str
    sender_id: str
    created_at: str


def take_in(conversation: Conversation, arrivals: Sequence[Arrival]) -> None:
    """Bring every member's row up to date with messages, in the order of the stream."""
    in_parallel(*(_taking(conversation, member, arrivals) for member in conversation.members))


def open_rows(conversation: Conversation) -> None:
    """Give every member a row, before there is a message."""
    in_parallel(*(_opening(conversation, member) for member in conversation.members))


def _taking(
    conversation: Conversation, member: Member, arrivals: Sequence[Arrival]
) -> Callable[[], None]:
    return lambda: _take(conversation.conversation_id, member, arrivals)


def _take(conversation_id: str, member: Member, arrivals: Sequence[Arrival]) -> None:
    seen: str | None = None
    read: str | None = None
    for _ in range(_ATTEMPTS):
        unseen = [arrival for arrival in arrivals if arrival.sequence > (seen or "")]
        if not unseen:
            return
        try:
            _add(conversation_id, member, unseen, seen, read)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            answer: Any = error.response
            row = answer.get("Item") or {}
            seen = row.get("counted_seq", {}).get("S")
            read = row.get("last_read_message_id", {}).get("S")
    raise TransientError("this row changes faster than it can be counted")


def _add(
    conversation_id: str,
    member: Member,
    arrivals: Sequence[Arrival],
    seen: str | None,
    read: str | None,
) -> None:
    """Add arrivals, if the row still stands at `seen` and its member has read up to `read`."""
    user_id, last = member["user_id"], arrivals[-1]
    unread = sum(
        arrival.sender_id != user_id and arrival.message_id > (read or "") for arrival in arrivals
    )
    # Who writes has taken the conversation in.
    has_written = any(arrival.sender_id == user_id for arrival in arrivals)
    folder = ":folder" if has_written else "if_not_exists(folder, :folder)"
    values = {
        ":folder": "inbox" if has_written else member["folder"],
        ":at": last.created_at,
        ":last": last.message_id,
        ":sequence": last.sequence,
    }
    conditions = []
    for name, value in (("counted_seq", seen), ("last_read_message_id", read)):
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


def _opening(conversation: Conversation, member: Member) -> Callable[[], InboxRow]:
    return lambda: open_row(conversation, member["user_id"], member["folder"])


def open_row(conversation: Conversation, user_id: str, folder: str) -> InboxRow:
    """Give one member a row, unless there is one; return what is stored."""
    row = InboxRow(user_id, conversation.conversation_id)
    row.update(
        actions=[
            InboxRow.folder.set(InboxRow.folder | folder),
            InboxRow.active_at.set(InboxRow.active_at | conversation.created_at),
            InboxRow.unread_count.set(InboxRow.unread_count | 0),
        ]
    )
    return row
