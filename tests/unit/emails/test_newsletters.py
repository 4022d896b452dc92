"""A newsletter, from the request to a mail for each subscriber, and its progress."""

import json
from typing import Any

import pytest

from emails import newsletters
from emails.get_newsletter import app as get_app
from emails.mail_subscribers import app as mail_app
from emails.models import Newsletter
from emails.on_newsletters_changed import app as stream_app
from emails.send_newsletter import app as send_app
from emails.subscriptions import subscriber
from moderation.models import AuditEntry
from shared.clock import timestamp
from shared.ids import new_id
from tests.support.events import load_event
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join, as_caller
from tests.support.streams import batch, stream_record
from users.models import User
from users.public import ban_account, change_preferences, subscriber_page

BODY = {"subject": "May", "body": "# New\n\n<b>words</b>"}


@pytest.fixture
def admin(join: Join) -> User:
    return join("chief", role="admin")


class Press:
    """Runs the stream's Lambda and the queue's as AWS does, until nothing is left to do."""

    def __init__(self, aws: MemoryAws) -> None:
        self.aws = aws
        self._seen: dict[str, Newsletter] = {}

    def jobs(self) -> list[dict[str, Any]]:
        """The jobs that follow from what changed."""
        for item in self.aws.dynamo.items("hoshi-newsletters"):
            new = Newsletter.from_raw_data(item)
            old = self._seen.get(new.newsletter_id)
            self._seen[new.newsletter_id] = new
            record = stream_record(1, old=old, new=new)
            assert stream_app(batch(record), None) == {"batchItemFailures": []}
        return [json.loads(body) for body in self.aws.sent.pop("newsletters", [])]

    def send(self, job: dict[str, Any]) -> bool:
        """Deliver a job; returns whether it succeeded."""
        event = load_event("emails", "mail_subscribers")
        event["Records"][0]["body"] = json.dumps(job)
        return not mail_app(event, LambdaContext())["batchItemFailures"]

    def run(self) -> int:
        """Deliver all jobs; returns how many there were."""
        count = 0
        while jobs := self.jobs():
            for job in jobs:
                assert self.send(job)
                count += 1
        return count

    def addresses(self) -> list[str]:
        return sorted(mail["Destination"]["ToAddresses"][0] for mail in self.aws.mails)


@pytest.fixture
def press(aws: MemoryAws) -> Press:
    return Press(aws)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newsletters, "_PAGE", 2)


def ask(admin: User, **more: Any) -> dict[str, Any]:
    """Send a newsletter; returns the answer."""
    status, answer = send(admin, {**BODY, **more})
    assert status == 202
    return answer


def send(who: User, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
    event = gateway_event(
        "POST /admin/newsletters", body=body, caller=as_caller(who), headers=headers
    )
    answer = send_app(event, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def progress(admin: User, newsletter_id: str) -> dict[str, Any]:
    event = gateway_event(
        "GET /admin/newsletters/{newsletter_id}",
        path={"newsletter_id": newsletter_id},
        caller=as_caller(admin),
    )
    answer = get_app(event, LambdaContext())
    assert answer["statusCode"] == 200
    found: dict[str, Any] = json.loads(answer["body"])
    return found


def counts(admin: User, newsletter_id: str) -> tuple[Any, ...]:
    """Status, and the counts of recipients, sent, skipped and refused mails."""
    found = progress(admin, newsletter_id)
    names = ("recipients_count", "sent_count", "skipped_count", "refused_count")
    return (found["status"], *(found[name] for name in names))


@pytest.mark.usefixtures("small_pages")
def test_every_subscriber_gets_one_mail_page_by_page(admin: User, join: Join, press: Press) -> None:
    for number in range(5):
        join(f"reader{number}", newsletter=True)
    join("other")
    sent = ask(admin)
    assert sent["recipients_count"] == 5
    assert counts(admin, sent["newsletter_id"]) == ("sending", 0, 0, 0, 0)
    assert press.run() == 3
    assert press.addresses() == [f"reader{number}@example.com" for number in range(5)]
    assert counts(admin, sent["newsletter_id"]) == ("sent", 5, 5, 0, 0)


def test_a_mail_has_a_button_that_unsubscribes(admin: User, join: Join, press: Press) -> None:
    reader = join("reader", newsletter=True)
    ask(admin)
    press.run()
    [mail] = press.aws.mails
    content = mail["Content"]["Simple"]
    headers = {each["Name"]: each["Value"] for each in content["Headers"]}
    url = headers["List-Unsubscribe"].removeprefix("<").removesuffix(">")
    assert url.startswith("https://api.example.com/emails/unsubscribe?token=")
    assert subscriber(url.partition("=")[2]) == reader.user_id
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert content["Subject"]["Data"] == "May"
    assert f"Unsubscribe: {url}" in content["Body"]["Text"]["Data"]
    assert "&lt;b&gt;words&lt;/b&gt;" in content["Body"]["Html"]["Data"]


def test_the_frame_is_in_the_language_of_the_reader(admin: User, join: Join, press: Press) -> None:
    join("haruka", newsletter=True, language="ja")
    join("dewi", newsletter=True, language="id")
    ask(admin)
    press.run()
    texts = {
        mail["Destination"]["ToAddresses"][0]: mail["Content"]["Simple"]["Body"]["Text"]["Data"]
        for mail in press.aws.mails
    }
    assert "@haruka さん" in texts["haruka@example.com"]
    assert "配信を停止する: https://" in texts["haruka@example.com"]
    assert "Halo @dewi," in texts["dewi@example.com"]
    assert "Berhenti berlangganan: https://" in texts["dewi@example.com"]


@pytest.mark.usefixtures("small_pages")
def test_jobs_that_are_delivered_again_send_and_count_nothing_twice(
    admin: User, join: Join, press: Press
) -> None:
    for number in range(3):
        join(f"reader{number}", newsletter=True)
    newsletter_id = ask(admin)["newsletter_id"]
    done: list[dict[str, Any]] = []
    while jobs := press.jobs():
        for job in jobs:
            assert press.send(job)
            assert press.send(job)
        done += jobs
    for job in done:
        assert press.send(job)
    assert press.jobs() == []
    assert len(press.aws.mails) == 3
    assert counts(admin, newsletter_id) == ("sent", 3, 3, 0, 0)


def test_a_page_that_ses_interrupts_is_finished_later(
    admin: User, join: Join, press: Press
) -> None:
    for number in range(3):
        join(f"reader{number}", newsletter=True)
    newsletter_id = ask(admin)["newsletter_id"]
    [job] = press.jobs()
    press.aws.fail("sesv2.SendEmail", "TooManyRequestsException", status=429, first=1)
    assert not press.send(job)
    assert len(press.aws.mails) == 1
    assert counts(admin, newsletter_id) == ("sending", 3, 0, 0, 0)
    press.aws.fail("sesv2.SendEmail", None, times=0)
    assert press.send(job)
    assert len(press.aws.mails) == 3
    assert counts(admin, newsletter_id) == ("sent", 3, 3, 0, 0)


def test_a_refused_address_stops_no_other_mail(admin: User, join: Join, press: Press) -> None:
    for number in range(3):
        join(f"reader{number}", newsletter=True)
    press.aws.unmailable.add("reader0@example.com")
    newsletter_id = ask(admin)["newsletter_id"]
    press.run()
    assert press.addresses() == ["reader1@example.com", "reader2@example.com"]
    assert counts(admin, newsletter_id) == ("sent", 3, 2, 0, 1)


@pytest.mark.usefixtures("small_pages")
def test_who_subscribes_between_two_tries_moves_nobody_off_the_page(
    admin: User, join: Join, press: Press
) -> None:
    early = join("early")
    readers = [join(f"reader{number}", newsletter=True) for number in range(3)]
    newsletter_id = ask(admin)["newsletter_id"]
    [job] = press.jobs()
    press.aws.fail("sesv2.SendEmail", "TooManyRequestsException", status=429)
    assert not press.send(job)
    press.aws.fail("sesv2.SendEmail", None, times=0)
    change_preferences(early.user_id, {"newsletter": True}, {})
    assert press.send(job)
    press.run()
    assert press.addresses() == [each.email for each in readers]
    assert counts(admin, newsletter_id) == ("sent", 3, 3, 0, 0)


def test_a_bug_with_one_mail_stops_no_other(
    admin: User, join: Join, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emails import mail_subscribers

    broken, fine = (join(name, newsletter=True) for name in ("broken", "fine"))
    real = mail_subscribers.unsubscribe_url

    def url(user_id: str) -> str:
        if user_id == broken.user_id:
            raise ValueError
        return real(user_id)

    monkeypatch.setattr(mail_subscribers, "unsubscribe_url", url)
    newsletter_id = ask(admin)["newsletter_id"]
    [job] = press.jobs()
    assert not press.send(job)
    assert press.addresses() == [fine.email]
    assert progress(admin, newsletter_id)["status"] == "sending"


def test_who_does_not_want_it_any_more_gets_none(admin: User, join: Join, press: Press) -> None:
    from shared.dynamodb.tables import transaction

    left, quiet, banned, gone, reader = (
        join(name, newsletter=True) for name in ("left", "quiet", "banned", "gone", "reader")
    )
    newsletter_id = ask(admin)["newsletter_id"]
    [job] = press.jobs()
    # The index is a moment late: what the accounts say decides.
    User(left.user_id).update(actions=[User.newsletter.set(False)])
    User(quiet.user_id).update(actions=[User.email_enabled.set(False)])
    User(gone.user_id).update(actions=[User.status.set("deleted")])
    with transaction() as write:
        ban_account(write, banned, None, None)
    assert press.send(job)
    assert press.addresses() == [reader.email]
    assert counts(admin, newsletter_id) == ("sent", 5, 1, 4, 0)


def test_an_address_that_was_not_verified_gets_none(
    admin: User, join: Join, press: Press, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("EMAIL_VERIFICATION", "optional")  # then such accounts act like others
    join("reader", newsletter=True, status="unverified")
    newsletter_id = ask(admin)["newsletter_id"]
    press.run()
    assert counts(admin, newsletter_id) == ("sent", 1, 0, 1, 0)


def test_a_test_goes_to_the_administrator_alone(admin: User, join: Join, press: Press) -> None:
    join("reader", newsletter=True)
    sent = ask(admin, test_only=True)
    assert sent["recipients_count"] == 1
    press.run()
    assert press.addresses() == [admin.email]
    assert counts(admin, sent["newsletter_id"]) == ("sent", 1, 1, 0, 0)


def test_a_newsletter_without_subscribers_is_sent_at_once(admin: User, press: Press) -> None:
    sent = ask(admin)
    assert sent["recipients_count"] == 0
    press.run()
    assert counts(admin, sent["newsletter_id"]) == ("sent", 0, 0, 0, 0)


def test_many_subscribers_are_not_counted_in_the_answer(
    admin: User, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emails import send_newsletter

    monkeypatch.setattr(send_newsletter, "_MOST_COUNTED", 1)
    for number in range(2):
        join(f"reader{number}", newsletter=True)
    assert ask(admin)["recipients_count"] is None


def test_a_repeated_request_is_one_newsletter(admin: User, aws: MemoryAws) -> None:
    first = send(admin, BODY, **{"Idempotency-Key": "a"})
    assert send(admin, BODY, **{"Idempotency-Key": "a"}) == first
    assert len(aws.dynamo.items("hoshi-newsletters")) == 1


def test_a_newsletter_is_an_entry_of_the_audit_log(admin: User, aws: MemoryAws) -> None:
    newsletter_id = ask(admin)["newsletter_id"]
    entries = list(map(AuditEntry.from_raw_data, aws.dynamo.items("hoshi-audit-log")))
    assert entries
    for entry in entries:  # one in each list of the log
        assert (entry.admin_id, entry.action) == (admin.user_id, "send_newsletter")
        assert (entry.target_type, entry.target_id) == ("newsletter", newsletter_id)


@pytest.mark.parametrize(
    "body",
    [
        {"subject": "May"},
        {"body": "words"},
        {**BODY, "subject": ""},
        {**BODY, "subject": "x" * 151},
        {**BODY, "body": "x" * 100_001},
    ],
)
def test_a_newsletter_has_a_subject_and_a_body(
    admin: User, aws: MemoryAws, body: dict[str, Any]
) -> None:
    assert send(admin, body)[0] == 400
    assert not aws.dynamo.items("hoshi-newsletters")


def test_without_an_address_of_the_api_nothing_is_sent(
    admin: User, aws: MemoryAws, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("PUBLIC_URL", "")
    status, answer = send(admin, BODY)
    assert (status, answer["code"]) == (503, "dependency_unavailable")
    assert not aws.dynamo.items("hoshi-newsletters")


def test_only_administrators_send_and_see_newsletters(join: Join, aws: MemoryAws) -> None:
    yuki = join("yuki")
    assert send(yuki, BODY)[0] == 403
    event = gateway_event(
        "GET /admin/newsletters/{newsletter_id}",
        path={"newsletter_id": new_id()},
        caller=as_caller(yuki),
    )
    assert get_app(event, LambdaContext())["statusCode"] == 403


@pytest.mark.parametrize("newsletter_id", ["01KAEJ8V0X2Y4Z6A8B0C1D3E5F", "x"])
def test_an_unknown_newsletter_is_not_found(admin: User, newsletter_id: str) -> None:
    event = gateway_event(
        "GET /admin/newsletters/{newsletter_id}",
        path={"newsletter_id": newsletter_id},
        caller=as_caller(admin),
    )
    answer = get_app(event, LambdaContext())
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["code"] == "newsletter_not_found"


def test_a_job_of_no_newsletter_is_done(press: Press) -> None:
    assert press.send({"newsletter_id": new_id(), "after": None})
    assert press.aws.mails == []


def test_the_index_has_who_subscribes_at_the_sign_up_or_later(join: Join) -> None:
    early, late = join("early", newsletter=True), join("late")
    assert subscriber_page(10)[0] == [early.user_id]
    change_preferences(late.user_id, {"newsletter": True}, {})
    assert subscriber_page(10)[0] == sorted([early.user_id, late.user_id])
    change_preferences(early.user_id, {"newsletter": False}, {})
    change_preferences(late.user_id, {"push_enabled": False}, {})
    assert subscriber_page(10)[0] == [late.user_id]


def test_progress_is_no_new_page(admin: User, aws: MemoryAws) -> None:
    values = {"admin_id": admin.user_id, "subject": "a", "body": "b", "created_at": timestamp()}
    old = Newsletter(new_id(), listed_to="x", **values)
    new = Newsletter.from_raw_data(old.serialize())
    new.sent_count = 5
    stream_app(batch(stream_record(1, old=old, new=new)), None)
    assert "newsletters" not in aws.sent
