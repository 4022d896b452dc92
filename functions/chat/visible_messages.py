"""Find a message by its id alone, for a member of its conversation."""

from chat.models import Conversation, Message
from chat.rooms import View, find_view
from shared.dynamodb.tables import query
from shared.errors import ConversationNotFound, MessageNotFound
from shared.ids import is_id


def visible_message(message_id: str, user_id: str) -> tuple[Conversation, Message]:
    """The message and its conversation; raises `MessageNotFound` as `find_message`."""
    view, message = find_message(message_id, user_id)
    return view.room, message


def find_message(message_id: str, user_id: str) -> tuple[View, Message]:
    """The message, and what the user may see of its conversation.

    Raises `MessageNotFound` also if the user is not a member, joined after it or has hidden it, or
    if its sender and the user block one another.
    """
    if not is_id(message_id):
        raise MessageNotFound
    places, _ = query(Message.by_id, message_id, limit=1)
    # As many steps for no message as for one of others, whose existence the time would give away.
    conversation_id = places[0].conversation_id if places else message_id
    try:
        view = find_view(conversation_id, user_id, [(Message, conversation_id, message_id)])
    except ConversationNotFound as error:
        raise MessageNotFound from error
    message = view.items.get(Message, conversation_id, message_id)
    if message is None or not view.shows(message):
        raise MessageNotFound
    return view, message
