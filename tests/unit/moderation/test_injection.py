"""What people write, in every field that reaches an administrator or a mail: it stays text.

`tests/unit/emails/test_templates.py` walks every value of every template in the same way.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from emails import get_newsletter, mail_subscribers, send_email, send_newsletter
from moderation import (
    approve_verification,
    ban_user,
    list_accounts,
    list_audit_log,
    list_reports,
    list_verifications,
    reject_verification,
    request_verification,
    resolve_report,
    unban_user,
)
from moderation.on_moderation_changed import app as stream_app
from moderation.verification_models import Verification
from shared.access.caller import Caller
from tests.support.accounts import a_user
from tests.support.events import load_event
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_comment, a_picture, a_post
from tests.support.stories import a_story
from tests.support.streams import batch, stream_record
from tests.support.uploads import an_upload
from tests.unit.moderation.conftest import KINDS, a_message, an_admin, report

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)> [x](javascript:alert(1))',
    "{{ brand }}{% raw %}{0}%s${jndi:ldap://x}",
    '", "role": "admin", "x": "</script>',
]


class Walk:
    """An administrator who looks at everything, and what each route answered."""

    def __init__(self, admin: Caller) -> None:
        self.admin = admin
        self.texts: set[str] = set()

    def call(self, module: Any, caller: Caller | None = None, **given: Any) -> Any:
        """Call a route, whose answer must be JSON that no browser takes for a page."""
        route = module.app.declaration.routes[0]
        event = gateway_event(f"{route.method} {route.path}", caller=caller or self.admin, **given)
        answer = module.app(event, LambdaContext())
        assert answer["statusCode"] in (200, 201, 202), answer["body"]
        assert answer["headers"]["Content-Type"] == "application/json"
        assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
        assert not any("\n" in value or "\r" in value for value in answer["headers"].values())
        body = json.loads(answer["body"])
        self.texts |= set(texts_of(body))
        return body


def texts_of(part: Any) -> Iterator[str]:
    """Every text in an answer."""
    if isinstance(part, str):
        yield part
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from texts_of(each)


def targets(owner: Caller, reader: Caller, text: str) -> dict[str, str]:
    """One of each kind that can be reported, with a text of its owner."""
    return {
        "post": a_post(owner, caption=text, location=text, media=[a_picture()]),
        "comment": a_comment(a_post(reader), owner, content=text),
        "story": a_story(owner, caption=text),
        "message": a_message(owner, reader, content=text),
        "user": owner.user_id,
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_an_administrator_is_answered_with_text_in_json(
    aws: MemoryAws, settings: pytest.MonkeyPatch, text: str
) -> None:
    settings.setenv("PUBLIC_URL", "https://api.example.com")
    walk, owner, reader = Walk(an_admin()), a_user(name=text, bio=text), a_user()
    for kind, target_id in targets(owner, reader, text).items():
        assert kind in KINDS
        assert report(reader, kind, target_id, reason=text[:100], description=text)[0] == 201
    reports = walk.call(list_reports)["reports"]
    assert len(reports) == len(KINDS)
    for each in reports:
        shown = set(texts_of(each["snapshot"])) if "snapshot" in each else set(texts_of(each))
        assert text in shown, each["target_type"]
    path = {"report_id": reports[0]["id"]}
    walk.call(resolve_report, path=path, body={"action": "REJECT", "note": text})

    for decide in (reject_verification, approve_verification):
        upload = an_upload(owner, purpose="verification")
        aws.objects[upload.media["original"]] = (b"a face", "image/jpeg")
        body = {"id_card_number": text[:32], "upload_id": upload.upload_id, "reason": text}
        made = walk.call(request_verification, owner, body=body)
        [shown] = walk.call(list_verifications)["requests"]
        assert (shown["id_card_number"], shown["reason"]) == (text[:32].strip(), text)
        path = {"request_id": made["request_id"]}
        more = {"body": {"reason": text}} if decide is reject_verification else {}
        walk.call(decide, path=path, **more)

    body = {"subject": text, "body": text, "test_only": True}
    sent = walk.call(send_newsletter, body=body)["newsletter_id"]
    found = walk.call(get_newsletter, path={"newsletter_id": sent})
    assert (found["subject"], found["body"]) == (text, text)
    owned = {"user": owner.user_id}
    walk.call(ban_user, path=owned, body={"reason": text})
    walk.call(unban_user, path=owned)
    walk.call(list_accounts)
    walk.call(list_audit_log)
    assert text in walk.texts


@pytest.mark.parametrize("text", [*HOSTILE, "Bcc: a@example.com"])
def test_mails_have_it_as_text(aws: MemoryAws, settings: pytest.MonkeyPatch, text: str) -> None:
    settings.setenv("PUBLIC_URL", "https://api.example.com")
    walk, owner = Walk(an_admin()), a_user()
    upload = an_upload(owner, purpose="verification")
    aws.objects[upload.media["original"]] = (b"a face", "image/jpeg")
    body = {"id_card_number": "1234", "upload_id": upload.upload_id, "reason": "I drum."}
    made = walk.call(request_verification, owner, body=body)
    old = Verification.get(owner.user_id)
    walk.call(reject_verification, path={"request_id": made["request_id"]}, body={"reason": text})
    record = stream_record(1, old=old, new=Verification.get(owner.user_id))
    stream_app(batch(record), None)
    deliver(send_email, aws.sent.pop("emails"))
    newsletter = {"subject": f"{text}\r\nBcc: b@example.com", "body": text, "test_only": True}
    sent = walk.call(send_newsletter, body=newsletter)["newsletter_id"]
    deliver(mail_subscribers, [json.dumps({"newsletter_id": sent, "after": None})])
    assert len(aws.mails) == 2
    for mail in aws.mails:
        simple = mail["Content"]["Simple"]
        assert len(simple["Subject"]["Data"].splitlines()) == 1
        assert all(set(each) == {"Name", "Value"} for each in simple.get("Headers", []))
        assert "Bcc" not in json.dumps(simple.get("Headers", []))
        assert len(mail["Destination"]["ToAddresses"]) == 1
        html = simple["Body"]["Html"]["Data"]
        assert not re.search(r"<script|<img|href=\"javascript", html)
        assert text.split()[0] in simple["Body"]["Text"]["Data"]


def deliver(module: Any, bodies: list[str]) -> None:
    [record] = load_event("emails", module.__name__.rpartition(".")[2])["Records"]
    for body in bodies:
        event = {"Records": [{**record, "body": body}]}
        assert module.app(event, LambdaContext()) == {"batchItemFailures": []}
