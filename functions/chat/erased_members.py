"""Taking a person who is gone out of a conversation: their messages stay, empty and nameless, so
that answers to them and what others have read keep their place. When nobody is left, all goes."""

from collections.abc import Callable
from typing import Any

from chat.models import Conversation, InboxRow, Member, Message, SentMessage, sent_id
from shared.dynamodb.tables import ConditionFailed, in_parallel, query, write_items
from shared.lifecycle.erasure import PAGE, delete_page
from users.public import find_users


def empty_room(row: InboxRow) -> bool:
    """Take the person whose `row` it is out of the conversation, a page of messages at a time;
    whether it is done, and the row gone with it."""
    room = Conversation.find(row.conversation_id, consistent=True)
    if room and not _leave(room, row.user_id):
        return False
    if room and not find_users(each for each in room.member_ids() if each != row.user_id):
        if delete_page(Message, room.conversation_id):
            return False
        write_items(deletes=[room])
    elif not _empty_messages(row):
        return False
    write_items(deletes=[row])
    return True


def _leave(room: Conversation, user_id: str) -> bool:
    """Take the person off the members of a group, the longest member becoming its administrator if
    there is no other; False if the members changed meanwhile. (Two people stay a pair: its id says
    whose it is.)"""
    if not room.is_group or not room.has(user_id):
        return True
    before: list[Member] = room.members
    after = [member for member in before if member["user_id"] != user_id]
    if after and not any(member["role"] == "admin" for member in after):
        after[0] = {**after[0], "role": "admin"}
    try:
        room.change(Conversation.members.set(after), condition=Conversation.members == before)
    except ConditionFailed:
        return False
    return True


def _empty_messages(row: InboxRow) -> bool:
    """Empty the next messages that the person sent; whether these were the last."""
    beyond = Message.message_id > row.erased_to if row.erased_to else None
    found, following = query(
        Message,
        row.conversation_id,
        beyond,
        limit=PAGE,
        newest_first=False,
        consistent=True,
        matching=Message.sender_id == row.user_id,
    )
    resent = [each for each in found if each.client_message_id]
    write_items(deletes=[_marker(each) for each in resent])
    in_parallel(*(_emptying(each) for each in found))
    if following is None:
        return True
    reached = InboxRow.erased_to.set(following["message_id"])
    row.change(reached, condition=InboxRow.is_there())
    return False


def _emptying(message: Message) -> Callable[[], Any]:
    return lambda: _empty(message)


def _empty(message: Message) -> None:
    try:
        message.change(
            Message.sender_username.set(""),
            Message.type.set("text"),
            Message.content.remove(),
            Message.shared_post_id.remove(),
            Message.client_message_id.remove(),
            condition=Message.is_there(),
        )
    except ConditionFailed:  # it was unsent
        return


def _marker(message: Message) -> SentMessage:
    sent = sent_id(message.conversation_id, message.sender_id, message.client_message_id)
    return SentMessage(sent)
