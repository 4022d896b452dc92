"""POST /conversations: start a conversation with one person, or with a group."""

from chat.bodies import NewConversation
from chat.conversation_views import whole_shape
from chat.groups import create_group, new_member, other_participants
from chat.inbox_rows import ensure_row
from chat.message_permissions import check_reachable, folders, read_people
from chat.models import Conversation, InboxRow
from chat.rooms import find_room, one_to_one_id, own_room
from chat.shapes import ConversationShape
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, transaction
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade
from shared.http.requests import Answer, Request

app = endpoint("chat")


@app.serve(
    "POST /conversations",
    body=NewConversation,
    answer=ConversationShape,
    status=201,
    other_status=200,
    idempotent=True,
)
def create_conversation(request: Request[NewConversation]) -> ConversationShape | Answer:
    """Create a conversation."""
    caller, others = request.caller, other_participants(request)
    if request.body.is_group or len(others) > 1:
        try:
            return whole_shape(*create_group(request, others))
        except AlreadyMade as earlier:
            return whole_shape(*own_room(earlier.made_id, caller.user_id))
    conversation_id = one_to_one_id(caller.user_id, others[0])
    if Conversation.find(conversation_id) is None:
        try:
            return whole_shape(*_create(caller, conversation_id, others[0]))
        except ConditionFailed:
            pass  # the other person created it first
    return Answer(whole_shape(*_join(caller, conversation_id, others[0])), status=200)


def _create(caller: Caller, conversation_id: str, other: str) -> tuple[Conversation, InboxRow]:
    folder, created_at = folders(caller.user_id, [other])[other], timestamp()
    room = Conversation(
        conversation_id,
        is_group=False,
        creator_id=caller.user_id,
        members=[
            new_member(caller.user_id, "inbox", created_at),
            new_member(other, folder, created_at),
        ],
        created_at=created_at,
    )
    row = InboxRow(caller.user_id, conversation_id, folder="inbox", active_at=created_at)
    with transaction() as write:  # the derived id makes a repeat harmless
        write.put(room, Conversation.is_new())
        write.put(row)
    return room, row


def _join(caller: Caller, conversation_id: str, other: str) -> tuple[Conversation, InboxRow]:
    """Open the existing one-to-one, and list it for the caller from now on."""
    people, relations = read_people(caller.user_id, [other])
    check_reachable(people.get(other), relations[other])
    room, _ = find_room(conversation_id, caller.user_id)
    return room, ensure_row(room, caller.user_id, "inbox")
