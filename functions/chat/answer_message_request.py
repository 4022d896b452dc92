"""PUT /conversations/{conversation_id}/request: accept a conversation request, or decline it."""

from typing import TypedDict

from chat.bodies import RequestAnswer
from chat.group_changes import change_group
from chat.groups import departure
from chat.inbox_rows import accept_row, ensure_row, hide_row
from chat.message_frames import update_of
from chat.message_log import Report, log_and_push
from chat.models import Conversation, InboxRow
from chat.rooms import find_visible_room, folder_in
from shared.access.caller import Caller
from shared.dynamodb.tables import retry_lost_races
from shared.errors import RequestNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from shared.ids import new_id
from shared.realtime.frame_log import keep

app = endpoint("chat")


class Answered(TypedDict):
    """What was done, and where the conversation is now."""

    message: str
    conversation_id: str
    folder: str | None


@app.serve("PUT /conversations/{conversation_id}/request", body=RequestAnswer, answer=Answered)
def answer_message_request(request: Request[RequestAnswer]) -> Answered:
    """Accept or decline a message request."""
    caller, conversation_id = request.caller, request.path["conversation_id"]
    room, items = find_visible_room(conversation_id, caller.user_id)
    _check_requested(room, items.get(InboxRow, caller.user_id, conversation_id), caller)
    if request.body.accept:
        _accept(room, caller)
        return _answer("Request accepted", conversation_id, "inbox")
    if room.is_group:
        change_group(caller, conversation_id, departure(caller.user_id, is_quiet=True))
    else:
        retry_lost_races(lambda: hide_row(room, caller.user_id))
    return _answer("Request declined", conversation_id, None)


def _accept(room: Conversation, caller: Caller) -> None:
    """Accept the request, and report it to both of a one-to-one, in a group to the caller alone.

    The report is logged before, too, because no stream delivers this change of a row; a replay
    leaves it out while the request is not accepted.
    """
    update = update_of(room.conversation_id, new_id(), "request_accepted", caller.user_id)
    readers = [caller.user_id] if room.is_group else room.member_ids()
    keep((each, update) for each in readers)
    accept_row(room, caller.user_id)
    log_and_push(readers, [Report(update)])


def _check_requested(room: Conversation, row: InboxRow | None, caller: Caller) -> None:
    """Raise `RequestNotFound` unless the conversation is listed in the caller's requests."""
    if row is None and room.is_group:  # the stream has not listed it yet
        row = ensure_row(room, caller.user_id, folder_in(room, caller.user_id))
    if row is None or row.folder != "requests" or row.active_at is None:
        raise RequestNotFound


def _answer(message: str, conversation_id: str, folder: str | None) -> Answered:
    return {"message": message, "conversation_id": conversation_id, "folder": folder}
