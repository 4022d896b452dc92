"""Clean-up of groups that no longer exist: their messages, markers and members' rows."""

from collections.abc import Iterable, Sequence

from chat.models import Conversation, InboxRow, Message, SentMessage, sent_id
from shared.dynamodb.tables import query, write_items
from shared.encoding import to_json
from shared.lifecycle.item_pages import PAGE
from shared.messaging.chains import Place, do_pages
from shared.messaging.queues import send, send_rest

QUEUE = "deleted-groups"

_IN_FLIGHT = 60  # seconds after which no function is left that read the group before its end


def clear_deleted(groups: Iterable[Conversation]) -> None:
    """Queue the jobs that empty deleted groups."""
    jobs = (_job(group.conversation_id, group.member_ids()) for group in groups)
    send(QUEUE, *jobs, delay=_IN_FLIGHT)


def empty(conversation_id: str, user_ids: Iterable[str] = ()) -> None:
    """Delete what is left of a deleted group while there is time; another job continues with the
    rest. `user_ids` were its last members."""
    write_items(deletes=[InboxRow(each, conversation_id) for each in user_ids])
    if do_pages(lambda: delete_messages(conversation_id)):
        send_rest(QUEUE, _job(conversation_id))


def delete_messages(conversation_id: str, but_of: str | None = None) -> Place:
    """Delete a page of messages, their markers, and the rows of the people they name except
    `but_of`; return the key behind it, if more may be left. The messages go last, as the rest
    is found by them."""
    found, following = query(
        Message, conversation_id, limit=PAGE, newest_first=False, consistent=True
    )
    markers = [
        SentMessage(sent_id(conversation_id, each.sender_id, each.client_message_id))
        for each in found
        if each.client_message_id
    ]
    # Who was ever a member is named by the message that reports it.
    people = {each.sender_id for each in found}
    people |= {user_id for each in found if each.system for user_id in each.system["user_ids"]}
    rows = [InboxRow(user_id, conversation_id) for user_id in people - {but_of}]
    write_items(deletes=[*markers, *rows])
    write_items(deletes=found)
    return following


def _job(conversation_id: str, user_ids: Sequence[str] = ()) -> str:
    return to_json({"conversation_id": conversation_id, "user_ids": user_ids})
