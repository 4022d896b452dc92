"""Mails about a deletion, a ban and the end of either, to the account as it is now."""

import json
from typing import Any

import pytest

from emails.formats import day
from emails.on_user_deleted import app
from emails.send_email import read_job
from shared.clock import now, timestamp
from shared.dynamodb.tables import transaction
from shared.errors import Unauthorized
from shared.events.envelopes import Envelope, Event
from shared.events.users import UserBanned, UserDeleted, UserRestored, UserUnbanned
from shared.ids import new_id
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join
from users.models import User
from users.public import ban_account, delete_account, restore_account, unban_account


@pytest.fixture
def yuki(join: Join) -> User:
    return join("yuki")


def delete(user: User) -> str:
    """Delete an account; returns when it will be purged."""
    with transaction() as write:
        delete_account(write, user)
    user.refresh(consistent_read=True)
    assert user.purge_at
    return user.purge_at


def restore(user: User) -> None:
    with transaction() as write:
        restore_account(write, user, Unauthorized())


def deliver(event: Event, event_id: str = "e-0") -> None:
    given = load_event("emails", "on_user_deleted")
    given["Records"][0]["body"] = Envelope(event_id, timestamp(), None, event).to_json()
    assert app(given, LambdaContext()) == {"batchItemFailures": []}


def jobs(aws: MemoryAws) -> list[dict[str, Any]]:
    return [json.loads(body) for body in aws.sent.get("emails", [])]


def test_a_deletion_is_mailed_with_its_date_once(aws: MemoryAws, yuki: User) -> None:
    event = UserDeleted(yuki.user_id, delete(yuki))
    deliver(event)
    deliver(event)
    assert {job["id"] for job in jobs(aws)} == {"e-0"}, "one id is one mail"
    _, to, mail = read_job(jobs(aws)[0])
    assert to == "yuki@example.com"
    assert day(timestamp(now() + 30 * 24 * 3600), "en") in mail.text


def test_both_mails_are_in_the_language_of_the_account(aws: MemoryAws, join: Join) -> None:
    user = join("haruka", language="ja")
    deliver(UserDeleted(user.user_id, delete(user)), "e-1")
    restore(user)
    deliver(UserRestored(user.user_id), "e-2")
    deleted, restored = (read_job(job)[2] for job in jobs(aws))
    assert day(timestamp(now() + 30 * 24 * 3600), "ja") in deleted.text
    assert "アカウントが復元されました" in restored.subject


def test_its_undo_is_mailed(aws: MemoryAws, yuki: User) -> None:
    delete(yuki)
    restore(yuki)
    deliver(UserRestored(yuki.user_id))
    [job] = jobs(aws)
    assert (job["template"], job["to"]) == ("account_restored", "yuki@example.com")
    read_job(job)


def test_a_late_event_mails_nothing(aws: MemoryAws, yuki: User) -> None:
    purge_at = delete(yuki)
    deliver(UserRestored(yuki.user_id))
    restore(yuki)
    deliver(UserDeleted(yuki.user_id, purge_at))
    assert jobs(aws) == []


def test_an_account_that_is_gone_gets_no_mail(aws: MemoryAws, yuki: User) -> None:
    purge_at = delete(yuki)
    yuki.delete()
    deliver(UserDeleted(yuki.user_id, purge_at))
    deliver(UserRestored(yuki.user_id))
    assert jobs(aws) == []


def ban(
    user: User,
    reason: str | None = "Spam",
    until: str | None = None,
    strike_id: str | None = None,
) -> UserBanned:
    with transaction() as write:
        ban_account(write, user, reason, until, strike_id)
    return UserBanned(user.user_id, reason, until)


def unban(user: User) -> None:
    with transaction() as write:
        unban_account(write, user)


def test_a_ban_is_mailed_with_its_reason_and_end_once(aws: MemoryAws, yuki: User) -> None:
    event = ban(yuki, until="2099-03-01T10:20:00.000Z")
    deliver(event)
    deliver(event)
    assert {job["id"] for job in jobs(aws)} == {"e-0"}
    _, to, mail = read_job(jobs(aws)[0])
    assert to == "yuki@example.com"
    assert "Spam" in mail.text
    assert "until 1 March 2099, 10:20 UTC" in mail.text


def test_a_ban_for_good_has_no_end(aws: MemoryAws, yuki: User) -> None:
    deliver(ban(yuki, reason=None))
    [job] = jobs(aws)
    assert (job["values"]["until"], job["values"]["reason"]) == ("", "")
    assert "until" not in read_job(job)[2].text


def test_the_mail_about_a_ban_says_that_it_can_be_appealed(aws: MemoryAws, yuki: User) -> None:
    deliver(ban(yuki, strike_id=new_id()))
    [job] = jobs(aws)
    assert "appeal this decision once, within 30 days" in read_job(job)[2].text
    aws.sent.clear()
    unban(yuki)
    deliver(ban(yuki), "e-1")  # as bans from before there were strikes
    [job] = jobs(aws)
    assert "appeal" not in read_job(job)[2].text


def test_the_end_of_a_ban_is_mailed(aws: MemoryAws, yuki: User) -> None:
    ban(yuki)
    unban(yuki)
    deliver(UserUnbanned(yuki.user_id))
    [job] = jobs(aws)
    assert (job["template"], job["to"]) == ("ban_ended", "yuki@example.com")
    read_job(job)


def test_a_late_event_about_a_ban_mails_nothing(aws: MemoryAws, yuki: User) -> None:
    first = ban(yuki)
    unban(yuki)
    deliver(first)
    ban(yuki, "Fraud")
    deliver(first)
    deliver(UserUnbanned(yuki.user_id))
    assert jobs(aws) == []
    delete_account_of(yuki)
    deliver(UserUnbanned(yuki.user_id))
    assert jobs(aws) == []


def delete_account_of(user: User) -> None:
    unban(user)
    user.refresh(consistent_read=True)
    delete(user)
