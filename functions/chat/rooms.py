"""Find a conversation for one of its members."""

from collections.abc import Iterable
from dataclasses import dataclass

from chat.blocked_members import blocked_members
from chat.models import Conversation, InboxRow, Member, Message
from shared.dynamodb.tables import Found, Key, read_items
from shared.errors import ConversationNotFound
from shared.ids import derived_id, is_id, time_of


@dataclass(frozen=True, slots=True)
class View:
    """A conversation as one member may see it, and what was read with it."""

    room: Conversation
    user_id: str
    items: Found
    hidden_to: str  # messages up to this id are not theirs to see; "" for none
    blocked: frozenset[str]  # members between whom and this one there is a block

    @property
    def row(self) -> InboxRow | None:
        """The member's row, if there is one yet."""
        return self.items.get(InboxRow, self.user_id, self.room.conversation_id)

    @property
    def has_accepted(self) -> bool:
        """Whether the member has accepted the conversation."""
        return has_accepted(self.room, self.row, self.user_id)

    def shows(self, message: Message) -> bool:
        """Whether the member may see this message of the conversation."""
        is_there = not message.removed_by and message.message_id > self.hidden_to
        return is_there and message.sender_id not in self.blocked


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
    if not conversation.is_group and blocked_members(conversation, user_id):
        raise ConversationNotFound
    return conversation, items


def find_view(conversation_id: str, user_id: str, also: Iterable[Key] = ()) -> View:
    """What this member may see of the conversation, read with the keys `also`; raises
    `ConversationNotFound` as `find_visible_room`."""
    room, items = find_room(conversation_id, user_id, also)
    blocked = blocked_members(room, user_id)
    if blocked and not room.is_group:
        raise ConversationNotFound
    row = items.get(InboxRow, user_id, conversation_id)
    return View(room, user_id, items, hidden_to(room, row, user_id), blocked)


def hidden_to(room: Conversation, row: InboxRow | None, user_id: str) -> str:
    """The message up to which all are hidden from this member, because they are from before they
    joined or because they hid them; "" for none."""
    joined = member_of(room, user_id).get("hidden_to", "")
    return max(joined, (row and row.hidden_to) or "")


def other_of(conversation: Conversation, user_id: str) -> str | None:
    """The other member of a one-to-one; None for a group."""
    if conversation.is_group:
        return None
    return next(each for each in conversation.member_ids() if each != user_id)


def member_of(room: Conversation, user_id: str) -> Member:
    """This member's entry."""
    members: list[Member] = room.members
    return next(member for member in members if member["user_id"] == user_id)


def has_accepted(room: Conversation, row: InboxRow | None, user_id: str) -> bool:
    """Whether this member, whose row it is if there is one yet, has accepted the conversation."""
    return (row.folder if row else folder_in(room, user_id)) == "inbox"


def folder_in(conversation: Conversation, user_id: str) -> str:
    """The folder in which the conversation appears at first for this member."""
    return member_of(conversation, user_id)["folder"]


def _new_row(conversation: Conversation, user_id: str) -> InboxRow:
    """A member's row before the first message."""
    return InboxRow(
        user_id,
        conversation.conversation_id,
        folder=folder_in(conversation, user_id),
        active_at=conversation.created_at,
    )
