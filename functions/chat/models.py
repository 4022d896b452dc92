"""The tables of chat: conversations with their members, messages, and what each member sees."""

from typing import NotRequired, TypedDict

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from shared.clock import now
from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName
from shared.ids import first_id_at

RESENT = 24 * 3600  # seconds for which a repeated `client_message_id` is a resend


class Member(TypedDict):
    """A member of a conversation."""

    user_id: str
    role: str  # admin | member
    folder: str  # inbox | requests: where the conversation appears at first
    joined_at: str
    # Of those who were added later: messages up to this one are from before they joined.
    hidden_to: NotRequired[str]


class Picture(TypedDict):
    """The picture of a group: an upload of one of its members."""

    upload_id: str
    owner_id: str
    key: str  # of the object to show


class SystemNote(TypedDict):
    """What a system message reports; its actor is the message's sender."""

    kind: str  # created | named | pictured | added | removed | left | admins
    user_ids: list[str]  # whom it concerns besides the actor
    name: NotRequired[str]  # the new name, of `named`


class Conversation(Table):
    """A conversation and its members: 250 of them are 45 KB at most, read at once."""

    class Meta:
        table_name = TableName("conversations")

    conversation_id = UnicodeAttribute(hash_key=True)
    is_group = BooleanAttribute()
    name = UnicodeAttribute(null=True)
    creator_id = UnicodeAttribute()
    members = JSONAttribute()  # [Member], in the order in which they joined
    picture = JSONAttribute(null=True)  # Picture
    revision = IntegerAttribute(null=True)  # of a group; counts its changes, none at first
    created_at = UnicodeAttribute()

    def member_ids(self) -> list[str]:
        """The ids of the members, in the order in which they joined."""
        return [member["user_id"] for member in self.members]

    def has(self, user_id: str) -> bool:
        """Whether this user is a member."""
        return user_id in self.member_ids()


class ByActivity(GlobalSecondaryIndex["InboxRow"]):
    """A person's conversations by their last activity."""

    class Meta:
        index_name = "by_activity"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    active_at = UnicodeAttribute(range_key=True)


class InboxRow(Table):
    """A conversation as one member sees it: a projection of the messages (`inbox.py`)."""

    class Meta:
        table_name = TableName("inbox")

    user_id = UnicodeAttribute(hash_key=True)
    conversation_id = UnicodeAttribute(range_key=True)
    folder = UnicodeAttribute()  # inbox | requests
    # Time of the last message; before the first, of the creation; absent while it is hidden.
    active_at = UnicodeAttribute(null=True)
    last_message_id = UnicodeAttribute(null=True)
    last_read_message_id = UnicodeAttribute(null=True)
    unread_count = IntegerAttribute(default=0)
    # The message with which the unread ones began, and its sender; absent while nothing is unread.
    unread_since = UnicodeAttribute(null=True)
    unread_from = UnicodeAttribute(null=True)
    hidden_to = UnicodeAttribute(null=True)  # messages up to this one are hidden from the member
    is_muted = BooleanAttribute(default=False)
    # True once the member has left: the row is in no list. It stays so that an erasure finds what
    # they wrote there; joining again replaces it.
    has_left = BooleanAttribute(null=True)
    counted_seq = UnicodeAttribute(null=True)  # the watermarks of messages that are counted
    # While the member is erased: the last of the messages that are done (`erased_members.py`).
    erased_to = UnicodeAttribute(null=True)
    by_activity = ByActivity()

    def announces(self, message_id: str) -> bool:
        """Whether the member is notified of this message, because their unread ones began with it:
        not in a muted conversation, nor in the requests."""
        is_open = self.folder == "inbox" and not (self.is_muted or self.has_left)
        return is_open and bool(self.unread_since == message_id)


class ById(GlobalSecondaryIndex["Message"]):
    """A message's conversation, for those who know the message's id alone."""

    class Meta:
        index_name = "by_id"
        projection = KeysOnlyProjection()

    message_id = UnicodeAttribute(hash_key=True)


class Message(Table):
    """A message. Its sender's name and picture are read from the account, not stored with it."""

    class Meta:
        table_name = TableName("messages")

    conversation_id = UnicodeAttribute(hash_key=True)
    message_id = UnicodeAttribute(range_key=True)
    sender_id = UnicodeAttribute()
    # The name at the time of sending, for the event; "" if the account is erased.
    sender_username = UnicodeAttribute()
    type = UnicodeAttribute(default="text")  # text | image | video | gif | post | story | system
    content = UnicodeAttribute(null=True)
    media = JSONAttribute(null=True)  # StoredMedia of media/models.py, of an upload of the sender
    shared_post_id = UnicodeAttribute(null=True)
    story_id = UnicodeAttribute(null=True)
    story_author_id = UnicodeAttribute(null=True)  # with `story_id` the key of the story
    reply_to_message_id = UnicodeAttribute(null=True)
    system = JSONAttribute(null=True)  # SystemNote, of a system message
    reactions = JSONAttribute(default=list)  # [{user_id, emoji}]
    reaction_id = UnicodeAttribute(null=True)  # of the frame that reports the last change of them
    client_message_id = UnicodeAttribute(null=True)
    removed_by = UnicodeAttribute(null=True)  # the administrator who removed it: nobody sees it
    expires_at = IntegerAttribute(null=True)  # epoch seconds; until then an appeal can return it
    returned_at = UnicodeAttribute(null=True)  # when an appeal returned it
    created_at = UnicodeAttribute()
    by_id = ById()


class SentMessage(Table):
    """The message that a sender's `client_message_id` stands for: a resend finds the first one, for
    24 hours."""

    class Meta:
        table_name = TableName("sent-messages")

    sent_id = UnicodeAttribute(hash_key=True)  # see `sent_id`
    message_id = UnicodeAttribute()
    # None: an earlier version stored it for good; the next message with its id replaces it.
    expires_at = IntegerAttribute(null=True)

    @property
    def is_expired(self) -> bool:
        """Whether it stands for nothing any more."""
        expires_at: int | None = self.expires_at
        if expires_at is None:
            return self.message_id < first_id_at(now() - RESENT)
        return expires_at <= now()

    @classmethod
    def is_free(cls) -> Condition:
        """The condition that the sender's id stands for no message."""
        is_expired: Condition = cls.expires_at <= int(now())
        is_expired |= cls.expires_at.does_not_exist() & (
            cls.message_id < first_id_at(now() - RESENT)
        )
        is_free: Condition = cls.is_new() | is_expired
        return is_free


def sent_id(conversation_id: str, sender_id: str, client_message_id: str) -> str:
    """The key of a `SentMessage`."""
    return f"{conversation_id}#{sender_id}#{client_message_id}"
