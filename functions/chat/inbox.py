"""The members' rows of a conversation: a projection of the stream of messages.

A row holds the last message, the unread count, and with which message the unread ones began. The
messages of a conversation arrive in order within a shard, and each row has watermarks of what it
counted, so a batch that is delivered again, wholly or in part, adds only what is new. A message
that its member read before the stream delivered it does not count as unread; nor does a system
message, one from before the member joined, or one of a person with a block between at the time of
the count. What was lost and is replayed when newer messages are counted makes the row count again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chat.blocked_members import blocks_of
from chat.models import Conversation, InboxRow, Member, Message
from chat.read_positions import recount_unread
from shared.aws.clients import client
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import parallel_map, query
from shared.dynamodb.watermarks import Watermarks
from shared.transient import TransientError

_ATTEMPTS = 8
_LATE = 900  # seconds by which a batch that is delivered again is older than what is counted
_LATEST = 5  # messages among which the last one that a member may see is looked for
_SEARCHED = 200  # messages that are read at a time if administrators removed all of these


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that is new in a conversation, or (`is_removed`) no longer there."""

    change: Change[Message]
    message_id: str
    sender_id: str
    created_at: str
    is_removed: bool = False
    is_system: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the row of a member is known to hold: the condition of its update."""

    counted: str | None = None  # the watermarks of the changes that it counted
    read: str | None = None
    hidden: str | None = None  # the last message that is hidden from the member
    # These change only with the others.
    last: str | None = None  # its last message
    unread: int = 0
    since: str | None = None  # the message with which the unread ones began


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that arrived in a conversation together."""

    conversation: Conversation
    arrivals: Sequence[Arrival]
    latest: Sequence[Message] | None  # the newest first; None if none was removed
    blocks: Mapping[str, frozenset[str]]  # by sender: the members with a block between

    def shows(self, sender_id: str, member: Member) -> bool:
        """Whether what this person sends is shown to the member."""
        return member["user_id"] not in self.blocks.get(sender_id, ())


def count_messages(rooms: Iterable[tuple[Conversation, Sequence[Arrival]]]) -> None:
    """Add and remove messages, in the order of the stream, in the rows of all members of their
    rooms."""
    counted = parallel_map(lambda room: _batch(*room), rooms)
    jobs = [(batch, member) for batch in counted for member in batch.conversation.members]
    parallel_map(lambda job: _count(*job), jobs)


def _batch(conversation: Conversation, arrivals: Sequence[Arrival]) -> Batch:
    latest = None
    if any(arrival.is_removed for arrival in arrivals):
        latest = _latest(conversation.conversation_id)
    senders = [each.sender_id for each in (*arrivals, *(latest or ()))]
    blocks = blocks_of(conversation, senders) if conversation.is_group else {}
    return Batch(conversation, arrivals, latest, blocks)


def _latest(conversation_id: str) -> list[Message]:
    """The latest messages that were not removed by an administrator, the newest first."""
    latest, following = query(Message, conversation_id, limit=_LATEST, consistent=True)
    there = [each for each in latest if not each.removed_by]
    if there or following is None:
        return there
    found, _ = query(
        Message,
        conversation_id,
        limit=_SEARCHED,
        after=following,
        consistent=True,
        matching=Message.removed_by.does_not_exist(),
    )
    return found[:_LATEST]


def _count(batch: Batch, member: Member) -> None:
    # The first try assumes that there is no row. A failed condition returns the row as it is, so
    # the next try needs no read.
    known = Known()
    for _ in range(_ATTEMPTS):
        counted = Watermarks.read(known.counted)
        uncounted = [each for each in batch.arrivals if not counted.includes(each.change)]
        try:
            if uncounted:
                _add(batch, member, uncounted, known)
            if any(counted.is_ahead_of(each.change, _LATE) for each in batch.arrivals):
                recount_unread(batch.conversation.conversation_id, member["user_id"])
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            answer: Any = error.response
            row = answer.get("Item") or {}
            if "has_left" in row:
                return
            known = Known(
                row.get("counted_seq", {}).get("S"),
                row.get("last_read_message_id", {}).get("S"),
                row.get("hidden_to", {}).get("S"),
                row.get("last_message_id", {}).get("S"),
                int(row.get("unread_count", {}).get("N", 0)),
                row.get("unread_since", {}).get("S"),
            )
    raise TransientError("the row changes faster than it can be counted")


def _add(batch: Batch, member: Member, arrivals: Sequence[Arrival], known: Known) -> None:
    """Count `arrivals`, on condition that the row is as it is `known`."""
    user_id, hidden = member["user_id"], known.hidden or ""
    read = max(known.read or "", hidden)
    shown = [each for each in arrivals if batch.shows(each.sender_id, member)]
    counting = [
        each
        for each in shown
        if each.sender_id != user_id and each.message_id > read and not each.is_system
    ]
    unread = sum(-1 if each.is_removed else 1 for each in counting)
    # One that was not counted may be taken back: it was of a person with a block between at the
    # time, or it was read past while it was no longer there.
    unread = max(unread, -known.unread)
    # A member who writes has accepted the conversation.
    has_written = any(
        arrival.sender_id == user_id and not arrival.is_removed for arrival in arrivals
    )
    folder = ":folder" if has_written else "if_not_exists(folder, :folder)"
    values = {
        ":folder": "inbox" if has_written else member["folder"],
        ":sequence": str(Watermarks.read(known.counted).counted(arrivals[-1].change)),
    }
    changes, forgotten = [f"folder = {folder}", "counted_seq = :sequence"], []
    last, is_gone = _last(batch, member, shown, hidden, known.last or "")
    if last:
        changes += ["active_at = :at", "last_message_id = :last"]
        values[":last"], values[":at"] = last
    elif is_gone:
        forgotten.append("last_message_id")
        if not hidden:
            changes.append("active_at = :at")
            values[":at"] = batch.conversation.created_at
    first = next((each for each in counting if not each.is_removed), None)
    if known.unread + unread <= 0:
        forgotten += ["unread_since", "unread_from"]
    elif first and not known.since:
        changes += ["unread_since = :since", "unread_from = :from"]
        values[":since"], values[":from"] = first.message_id, first.sender_id
    conditions = ["attribute_not_exists(has_left)"]
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
        Key={
            "user_id": {"S": user_id},
            "conversation_id": {"S": batch.conversation.conversation_id},
        },
        UpdateExpression=f"SET {', '.join(changes)} ADD unread_count :unread"
        + (f" REMOVE {', '.join(forgotten)}" if forgotten else ""),
        ConditionExpression=" AND ".join(conditions),
        ExpressionAttributeValues={
            **{name: {"S": value} for name, value in values.items()},
            ":unread": {"N": str(unread)},
        },
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )


def _last(
    batch: Batch, member: Member, shown: Sequence[Arrival], hidden: str, known: str
) -> tuple[tuple[str, str] | None, bool]:
    """The id and time of the message that becomes the member's last one, if another does, and
    whether the row has to forget its last message because there is none."""
    if batch.latest is not None:
        visible = [
            (each.message_id, each.created_at)
            for each in batch.latest
            if each.message_id > hidden and batch.shows(each.sender_id, member)
        ]
        return (visible[0] if visible else None), not visible
    newer = [
        (each.message_id, each.created_at) for each in shown if each.message_id > max(hidden, known)
    ]
    return max(newer, default=None), False
