"""Erasing a person from a conversation.

Their messages stay, without content and name, so that replies to them and the read positions of
others keep their place. The conversation is deleted, with its markers and the rows of those who
have left it, when no other member has an account.
"""

from functools import partial

from pynamodb.expressions.update import Action

from chat import group_pictures
from chat.group_changes import unchanged, without_member
from chat.group_clean_up import delete_messages
from chat.models import Conversation, InboxRow, Message, SentMessage, sent_id
from chat.reactions import without
from shared.dynamodb.tables import (
    ConditionFailed,
    WriteConflict,
    parallel_map,
    query,
    retry_lost_races,
    transaction,
    write_items,
)
from shared.lifecycle.item_pages import PAGE
from shared.messaging.chains import Place, do_pages
from users.public import find_users


def erase_member(row: InboxRow) -> bool:
    """Erase the owner of `row` from the conversation, while there is time; return whether
    that is finished, and the row deleted with it."""
    room = Conversation.find(row.conversation_id, consistent=True)
    if room and not _remove_member(room, row.user_id):
        return False
    if room and not find_users(each for each in room.member_ids() if each != row.user_id):
        if do_pages(partial(delete_messages, room.conversation_id, but_of=row.user_id)):
            return False
        if not _delete(room):
            return False
    elif do_pages(partial(_empty_messages, row)):
        return False
    write_items(deletes=[row])
    return True


def _remove_member(room: Conversation, user_id: str) -> bool:
    """Remove the person from a group, and their picture of it, which may be there after they have
    left; an administrator is left as after leaving. False if the group changed since it was read.

    A one-to-one keeps both members, because its id is derived from them.
    """
    changes: list[Action] = []
    if room.is_group and room.has(user_id):
        changes.append(Conversation.members.set(without_member(room.members, user_id)))
    if room.picture and room.picture["owner_id"] == user_id:
        changes.append(Conversation.picture.remove())  # its upload is erased by media
    if not changes:
        return True
    revision = Conversation.revision.set((room.revision or 0) + 1)
    try:
        room.change(*changes, revision, condition=unchanged(room))
    except ConditionFailed:
        return False
    return True


def _delete(room: Conversation) -> bool:
    """Delete the conversation, and release its picture, which may be of one who has left. False if
    either changed since it was read."""
    try:
        with transaction() as write:
            write.delete(room, unchanged(room))
            group_pictures.release(write, room.picture, room.conversation_id)
    except (ConditionFailed, WriteConflict):
        return False
    return True


def _empty_messages(row: InboxRow) -> Place:
    """Empty the next page of the person's messages, and note where it ends; return the key behind
    it, if there may be more."""
    not_yet_erased = Message.message_id > row.erased_to if row.erased_to else None
    found, following = query(
        Message,
        row.conversation_id,
        not_yet_erased,
        limit=PAGE,
        newest_first=False,
        consistent=True,
        matching=(Message.sender_id == row.user_id) | Message.reactions.contains(row.user_id),
    )
    own = [each for each in found if each.sender_id == row.user_id]
    write_items(deletes=[_marker(each) for each in own if each.client_message_id])
    parallel_map(_empty, own)
    parallel_map(partial(_remove_reaction, row.user_id), found)
    if following:
        row.change(InboxRow.erased_to.set(following["message_id"]), condition=InboxRow.is_there())
    return following


def _empty(message: Message) -> None:
    changes = [Message.sender_username.set("")]
    if message.system is None:
        changes += [
            Message.type.set("text"),
            Message.content.remove(),
            Message.media.remove(),
            Message.shared_post_id.remove(),
            Message.story_id.remove(),
            Message.story_author_id.remove(),
            Message.client_message_id.remove(),
        ]
    try:
        message.change(*changes, condition=Message.is_there())
    except ConditionFailed:  # it was deleted
        return


def _remove_reaction(user_id: str, message: Message) -> None:
    """Remove the person's reaction, if there is one, from the message as it is now."""

    def remove() -> None:
        stored = Message.find(message.conversation_id, message.message_id, consistent=True)
        if stored is None:
            return
        before = stored.reactions
        after = without(before, user_id)
        if after != before:
            stored.change(Message.reactions.set(after), condition=Message.reactions == before)

    if without(message.reactions, user_id) != message.reactions:
        retry_lost_races(remove)


def _marker(message: Message) -> SentMessage:
    sent = sent_id(message.conversation_id, message.sender_id, message.client_message_id)
    return SentMessage(sent)
