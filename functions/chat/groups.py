"""Groups: creating one, and what its members may change."""

from typing import TYPE_CHECKING

from chat import group_pictures
from chat.group_changes import Change, Plan, system_messages, without_member
from chat.message_permissions import check_reachable, folder_of, folders, read_people
from chat.models import Conversation, InboxRow, Member, SystemNote
from chat.rooms import member_of
from media.public import Upload
from shared.clock import timestamp
from shared.config import config
from shared.dynamodb.tables import Transaction, retry_lost_races, transaction
from shared.errors import (
    AlreadyParticipant,
    InvalidInput,
    LimitReached,
    NotGroupAdmin,
    UploadInUse,
    UserNotFound,
)
from shared.http.idempotency import AlreadyMade, claim, made_before
from shared.http.requests import Request
from shared.ids import new_id
from users.public import blocked_among, find_users, is_shown

if TYPE_CHECKING:
    from chat.bodies import GroupEdit, NewConversation


def other_participants[Body: NewConversation](request: Request[Body]) -> list[str]:
    """The people that a request names besides the caller, each once; raises `InvalidInput` if they
    are none or too many."""
    most = config.limits.max_group_size - 1
    named = dict.fromkeys(request.body.participant_ids)
    others = [user_id for user_id in named if user_id != request.caller.user_id]
    if not 1 <= len(others) <= most:
        raise InvalidInput(("participant_ids", f"1 to {most} other people."))
    return others


def create_group[Body: NewConversation](
    request: Request[Body], others: list[str]
) -> tuple[Conversation, InboxRow]:
    """Create a group of the caller and these people; return it and the caller's row.

    Raises `AlreadyMade` if an earlier request with the same key created it, and what
    `message_permissions.folders` and `group_pictures.find_picture` raise.
    """
    folder_of_member = {request.caller.user_id: "inbox", **folders(request.caller.user_id, others)}
    conversation_id = new_id()
    return retry_lost_races(lambda: _create(request, conversation_id, folder_of_member))


def _create[Body: NewConversation](
    request: Request[Body], conversation_id: str, folder_of_member: dict[str, str]
) -> tuple[Conversation, InboxRow]:
    """Raises `ConditionFailed` if the picture's upload changed in the meantime."""
    caller, created_at, given = request.caller, timestamp(), request.body.picture
    picture, upload = group_pictures.find_picture(given, caller.user_id) if given else (None, None)
    room = Conversation(
        conversation_id,
        is_group=True,
        name=request.body.group_name,
        creator_id=caller.user_id,
        members=[
            new_member(user_id, folder, created_at, user_id == caller.user_id)
            for user_id, folder in folder_of_member.items()
        ],
        picture=picture,
        created_at=created_at,
    )
    row = InboxRow(caller.user_id, conversation_id, folder="inbox", active_at=created_at)
    others = [each for each in folder_of_member if each != caller.user_id]
    note: SystemNote = {"kind": "created", "user_ids": others}
    with transaction() as write:
        claim(write, request, conversation_id)
        write.put(room, Conversation.is_new())
        write.put(row)
        for message in system_messages(conversation_id, caller, [note]):
            write.put(message)
        if upload:
            _take_picture(write, request, upload, conversation_id)
    return room, row


def _take_picture[Body: NewConversation](
    write: Transaction, request: Request[Body], upload: Upload, conversation_id: str
) -> None:
    """Raises `UploadInUse`, or `AlreadyMade` if an earlier request with the same key used it."""
    try:
        group_pictures.take(write, upload, conversation_id)
    except UploadInUse:
        if made_id := made_before(request):
            raise AlreadyMade(made_id) from None
        raise


def new_member(user_id: str, folder: str, joined_at: str, is_admin: bool = False) -> Member:
    """The entry of a member."""
    role = "admin" if is_admin else "member"
    return {"user_id": user_id, "role": role, "folder": folder, "joined_at": joined_at}


def addition(user_id: str, added: list[str]) -> Plan:
    """The plan by which this member adds people; who is a member already is left out.

    Raises `UserNotFound` or, planning, `MessageNotAllowed`, `AlreadyParticipant`, `LimitReached`.
    """
    people, relations = read_people(user_id, added)
    for each in added:
        check_reachable(people.get(each), relations[each])

    def plan(room: Conversation) -> Change:
        joined_at = timestamp()
        newcomers = [
            new_member(each, folder_of(people.get(each), relations[each]), joined_at)
            for each in added
            if not room.has(each)
        ]
        if not newcomers:
            raise AlreadyParticipant
        if len(room.members) + len(newcomers) > config.limits.max_group_size:
            raise LimitReached
        note = _note("added", [each["user_id"] for each in newcomers])
        return Change(room.members, [note], added=newcomers)

    return plan


def removal(user_id: str, removed: str) -> Plan:
    """The plan by which this member removes another one.

    Planning raises `NotGroupAdmin` or `UserNotFound`.
    """

    def plan(room: Conversation) -> Change:
        _check_admin(room, user_id)
        if not room.has(removed):
            raise UserNotFound
        note = _note("removed", [removed])
        return Change(without_member(room.members, removed), [note], removed=[removed])

    return plan


def departure(user_id: str, is_quiet: bool = False) -> Plan:
    """The plan by which this member leaves; `is_quiet`: no message reports it."""

    def plan(room: Conversation) -> Change:
        notes = [] if is_quiet else [_note("left")]
        return Change(without_member(room.members, user_id), notes, removed=[user_id])

    return plan


def edit(user_id: str, fields: "GroupEdit") -> Plan:
    """The plan by which this member changes name, picture or administrators.

    Planning raises `NotGroupAdmin`, `UserNotFound` or what `group_pictures.find_picture` raises.
    """

    def plan(room: Conversation) -> Change | None:
        change = Change(room.members)
        if fields.group_name and fields.group_name != room.name:
            change.values["name"] = fields.group_name
            change.notes.append({**_note("named"), "name": fields.group_name})
        if fields.has_picture:
            _plan_picture(change, room, user_id, fields.picture)
        if fields.admin_ids:
            _plan_admins(change, room, user_id, set(fields.admin_ids))
        return change if change.notes else None

    return plan


def _plan_picture(change: Change, room: Conversation, user_id: str, given: str | None) -> None:
    before = room.picture["upload_id"] if room.picture else None
    picture, upload = group_pictures.find_picture(given, user_id) if given else (None, None)
    if (picture["upload_id"] if picture else None) != before:
        change.values["picture"], change.upload = picture, upload
        change.notes.append(_note("pictured"))


def _plan_admins(change: Change, room: Conversation, user_id: str, admin_ids: set[str]) -> None:
    """Whom the caller cannot see keeps their role."""
    _check_admin(room, user_id)
    people = find_users(room.member_ids())
    hidden = blocked_among(user_id, room.member_ids()) | {
        each for each in room.member_ids() if each not in people or not is_shown(people[each])
    }
    if not admin_ids <= {*room.member_ids()} - hidden:
        raise UserNotFound
    members: list[Member] = [member.copy() for member in room.members]
    visible = [each for each in members if each["user_id"] not in hidden]
    changed = [
        each["user_id"]
        for each in visible
        if (each["role"] == "admin") != (each["user_id"] in admin_ids)
    ]
    for each in visible:
        each["role"] = "admin" if each["user_id"] in admin_ids else "member"
    if changed:
        change.members = members
        change.notes.append(_note("admins", changed))


def _check_admin(room: Conversation, user_id: str) -> None:
    if member_of(room, user_id)["role"] != "admin":
        raise NotGroupAdmin


def _note(kind: str, user_ids: list[str] | None = None) -> SystemNote:
    return {"kind": kind, "user_ids": user_ids or []}
