"""People, and what administrators do, with AWS in memory."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from chat.models import Conversation, Message
from moderation import create_report, list_reports, resolve_report
from moderation.models import AuditEntry
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import query
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_comment, a_picture, a_post, call
from tests.support.stories import a_story

KINDS = ("post", "comment", "story", "message", "user")


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, settings: pytest.MonkeyPatch) -> None:
    """AWS in memory, and the limits that are asked for."""
    limits = {"MAX_MENTIONS": "20", "WS_MAX_SOCKETS": "10", "UNSEND_WINDOW_SECONDS": "0"}
    for name, value in limits.items():
        settings.setenv(name, value)


def an_admin() -> Caller:
    return replace(a_user(role="admin"), role="admin")


def report(caller: Caller, kind: str, target_id: str, **more: Any) -> tuple[int, Any]:
    body = {"target_type": kind, "target_id": target_id, "reason": "Spam", **more}
    return call(create_report, "POST /reports", caller, body=body)


def reported(caller: Caller, kind: str, target_id: str, **more: Any) -> str:
    """Report it; return the report's id."""
    status, answer = report(caller, kind, target_id, **more)
    assert status == 201, answer
    report_id: str = answer["report_id"]
    return report_id


def resolve(admin: Caller, report_id: str, action: str = "ACCEPT", **more: Any) -> tuple[int, Any]:
    route = "POST /admin/reports/{report_id}/resolve"
    body = {"action": action, **more}
    return call(resolve_report, route, admin, path={"report_id": report_id}, body=body)


def queue(admin: Caller, **asked: str) -> Any:
    status, page = call(list_reports, "GET /admin/reports", admin, query=asked or None)
    assert status == 200, page
    return page


def ids(page: Any) -> Sequence[str]:
    return [each["id"] for each in page["reports"]]


def audit_entries() -> list[AuditEntry]:
    """This month's entries, oldest first."""
    return query(AuditEntry, timestamp()[:7], limit=100, newest_first=False)[0]


def a_message(sender: Caller, reader: Caller, **given: Any) -> str:
    """Store a message in a conversation of the two; return its id."""
    members = [
        {"user_id": each.user_id, "role": "member", "folder": "inbox", "joined_at": timestamp()}
        for each in (sender, reader)
    ]
    room_id, message_id = new_id(), new_id()
    Conversation(
        room_id,
        is_group=False,
        creator_id=sender.user_id,
        members=members,
        created_at=timestamp(),
    ).save()
    Message(
        room_id,
        message_id,
        **{
            "sender_id": sender.user_id,
            "sender_username": sender.username,
            "content": "Send me money",
            "created_at": timestamp(),
            **given,
        },
    ).save()
    return message_id


def a_target(kind: str, owner: Caller, reader: Caller) -> str:
    if kind == "post":
        return a_post(owner, caption="Buy now", media=[a_picture()])
    if kind == "comment":
        return a_comment(a_post(reader), owner, content="Buy now")
    if kind == "story":
        return a_story(owner, caption="Buy now")
    if kind == "message":
        return a_message(owner, reader, content="Buy now")
    return owner.user_id
