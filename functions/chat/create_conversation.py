"""POST /conversations: start a conversation with one person, or with a group."""

from chat.bodies import NewConversation
from chat.conversation_views import conversation_shapes
from chat.inbox import ensure_row
from chat.message_permissions import check_reachable, folders, read_people
from chat.models import Conversation, InboxRow
from chat.rooms import find_room, one_to_one_id, own_room
from chat.shapes import ConversationShape
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.config import config
from shared.dynamodb.tables import ConditionFailed, transaction
from shared.errors import InvalidInput
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Answer, Request
from shared.ids import new_id

app = endpoint("chat")


@app.serve(
    "POST /conversations",
    body=NewConversation,
    answer=ConversationShape,
    status=201,
    idempotent=True,
)
def create_conversation(request: Request[NewConversation]) -> ConversationShape | Answer:
    """Create a conversation."""
    caller, name = request.caller, request.body.group_name
    participant_ids = dict.fromkeys(request.body.participant_ids)
    others = [user_id for user_id in participant_ids if user_id != caller.user_id]
    if not 1 <= len(others) < config.limits.max_group_size:
        raise InvalidInput(
            ("participant_ids", f"1 to {config.limits.max_group_size - 1} other people.")
        )
    if name or len(others) > 1:
        try:
            return _shape(*_create(request, new_id(), others, name, is_group=True))
        except AlreadyMade as earlier:
            return _shape(*own_room(earlier.made_id, caller.user_id))
    conversation_id = one_to_one_id(caller.user_id, others[0])
    if Conversation.find(conversation_id) is None:
        try:
            return _shape(*_create(request, conversation_id, others, None, is_group=False))
        except ConditionFailed:
            pass  # the other person created it first
    return Answer(_shape(*_join(caller, conversation_id, others[0])), status=200)


def _create(
    request: Request[NewConversation],
    conversation_id: str,
    others: list[str],
    name: str | None,
    is_group: bool,
) -> tuple[Conversation, InboxRow]:
    caller, created_at = request.caller, timestamp()
    folder_of_member = {caller.user_id: "inbox", **folders(caller.user_id, others)}
    members = [
        {
            "user_id": user_id,
            "role": "admin" if is_group and user_id == caller.user_id else "member",
            "folder": folder,
            "joined_at": created_at,
        }
        for user_id, folder in folder_of_member.items()
    ]
    conversation = Conversation(
        conversation_id,
        is_group=is_group,
        name=name,
        creator_id=caller.user_id,
        members=members,
        created_at=created_at,
    )
    row = InboxRow(caller.user_id, conversation_id, folder="inbox", active_at=created_at)
    with transaction() as write:
        if is_group:  # the derived id of a one-to-one makes a repeat harmless
            claim(write, request, conversation_id)
        write.put(conversation, Conversation.is_new())
        write.put(row)
    return conversation, row


def _join(caller: Caller, conversation_id: str, other: str) -> tuple[Conversation, InboxRow]:
    """Open the existing one-to-one, and list it for the caller from now on."""
    people, relations = read_people(caller.user_id, [other])
    check_reachable(people.get(other), relations[other])
    room, _ = find_room(conversation_id, caller.user_id)
    return room, ensure_row(room, caller.user_id, "inbox")


def _shape(room: Conversation, row: InboxRow) -> ConversationShape:
    [shape] = conversation_shapes(row.user_id, [(room, row)], len(room.members))
    return shape
