"""Find a conversation for one of its members."""

from collections.abc import Iterable

from chat.models import Conversation, InboxRow
from shared.dynamodb.tables import Found, Key, read_items
from shared.errors import ConversationNotFound
from shared.ids import derived_id, is_id, time_of
from users.public import relation


def one_to_one_id(first: str, second: str) -> str:
    """The id of the conversation of two people; both get the same one, so there is only one.

    Its time is that of the newer account, which both sides know.
    """
    low, high = sorted((first, second))
    return derived_id(max(time_of(low), time_of(high)), "conversation", low, high)


def find_room(
    conversation_id: str, user_id: str, also: Iterable[Key] = ()
) -> tuple[Conversation, Found]:
    """The conversation, and what was read with it: this member's `InboxRow` and the keys `also`.

    Raises `ConversationNotFound` if the user is not a member. Blocks are not checked.
    """
    if not is_id(conversation_id):
        raise ConversationNotFound
    items = read_items(
        [(Conversation, conversation_id), (InboxRow, user_id, conversation_id), *also],
        consistent=True,
    )
    conversation = items.get(Conversation, conversation_id)
    if conversation is None or not conversation.has(user_id):
        raise ConversationNotFound
    return conversation, items


def own_room(conversation_id: str, user_id: str) -> tuple[Conversation, InboxRow]:
    """The conversation and this member's row of it. Blocks are not checked."""
    conversation, items = find_room(conversation_id, user_id)
    row = items.get(InboxRow, user_id, conversation_id)
    return conversation, row or _new_row(conversation, user_id)


def get_visible_room(conversation_id: str, user_id: str) -> Conversation:
    """The conversation; raises `ConversationNotFound` also if one of two blocks the other."""
    return find_visible_room(conversation_id, user_id)[0]


def find_visible_room(
    conversation_id: str, user_id: str, also: Iterable[Key] = ()
) -> tuple[Conversation, Found]:
    """As `find_room`; raises `ConversationNotFound` also if one of two blocks the other."""
    conversation, items = find_room(conversation_id, user_id, also)
    other = other_of(conversation, user_id)
    if other and relation(user_id, other).blocked:
        raise ConversationNotFound
    return conversation, items


def find_history(conversation_id: str, user_id: str) -> tuple[Conversation, str]:
    """The conversation, as `get_visible_room`, and the id up to which its messages are hidden from
    this member ("" for none)."""
    conversation, items = find_visible_room(conversation_id, user_id)
    row = items.get(InboxRow, user_id, conversation_id)
    return conversation, (row and row.hidden_to) or ""


def other_of(conversation: Conversation, user_id: str) -> str | None:
    """The other member of a one-to-one; None for a group."""
    if conversation.is_group:
        return None
    return next(each for each in conversation.member_ids() if each != user_id)


def folder_in(conversation: Conversation, user_id: str) -> str:
    """The folder in which the conversation appears at first for this member."""
    folder: str = next(
        member["folder"] for member in conversation.members if member["user_id"] == user_id
    )
    return folder


def _new_row(conversation: Conversation, user_id: str) -> InboxRow:
    """A member's row before the first message."""
    return InboxRow(
        user_id,
        conversation.conversation_id,
        folder=folder_in(conversation, user_id),
        active_at=conversation.created_at,
    )
