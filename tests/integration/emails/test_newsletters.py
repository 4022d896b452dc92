"""A newsletter on real tables: the sparse index of subscribers, pages, progress, and the mails."""

import json
import urllib.request
from typing import Any

import pytest

from emails.get_newsletter import app as get_app
from emails.mail_subscribers import app as mail_app
from emails.models import Newsletter
from emails.send_newsletter import app as send_app
from emails.unsubscribe import app as unsubscribe_app
from shared.access.caller import Caller
from shared.aws.clients import client
from shared.clock import timestamp
from shared.dynamodb.tables import transaction
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from tests.support.events import load_event
from tests.support.gateway import LambdaContext, gateway_event
from users.public import User, add_account, subscriber_page

ADMIN = Caller(new_id(), "chief", new_id(), "admin", "full")


@pytest.fixture(autouse=True)
def on_the_foundation(foundation: Any) -> None:
    """All of these need the tables and the mail service."""


def a_subscriber() -> User:
    moment = timestamp()
    name = f"yuki_{new_id()[-8:]}"
    made = User(new_id(), username=name, name=name, email=f"{name.lower()}@example.com")
    made.status, made.created_at, made.updated_at = "active", moment, moment
    made.newsletter = True
    with transaction() as write:
        add_account(write, made)
    return made


def call(app: Endpoint, caller: Caller | None, **more: Any) -> dict[str, Any]:
    route = app.declaration.routes[0]
    event = gateway_event(f"{route.method} {route.path}", caller=caller, **more)
    answer = app(event, LambdaContext())
    assert answer["statusCode"] in (200, 202), answer["body"]
    found: dict[str, Any] = json.loads(answer["body"])
    return found


def send_page(newsletter_id: str, after: str | None) -> None:
    """Deliver the job of a page, as the queue does."""
    event = load_event("emails", "mail_subscribers")
    event["Records"][0]["body"] = json.dumps({"newsletter_id": newsletter_id, "after": after})
    assert mail_app(event, LambdaContext()) == {"batchItemFailures": []}


def mails_to(address: str) -> list[dict[str, Any]]:
    url = f"{client('sesv2').meta.endpoint_url}/_ministack/ses/messages"
    with urllib.request.urlopen(url) as answer:
        accounts = json.load(answer)["messages"]
    return [mail for mails in accounts.values() for mail in mails if mail["To"] == [address]]


def test_a_newsletter_reaches_each_subscriber_once_until_they_unsubscribe() -> None:
    readers = [a_subscriber() for _ in range(60)]  # more than a page
    body = {"subject": "May", "body": "# New"}
    newsletter_id = call(send_app, ADMIN, body=body)["newsletter_id"]
    after: str | None = None
    for _ in range(20):
        send_page(newsletter_id, after)
        send_page(newsletter_id, after)
        found = Newsletter.find(newsletter_id, consistent=True)
        assert found is not None
        if found.is_listed:
            break
        after = found.listed_to
    path = {"newsletter_id": newsletter_id}
    progress = call(get_app, ADMIN, path=path)
    assert progress["status"] == "sent"
    assert progress["sent_count"] == progress["recipients_count"] >= 60
    for reader in readers:
        [mail] = mails_to(reader.email)
        assert mail["Subject"] == "May"
    token = mail["BodyText"].rpartition("?token=")[2].split()[0]
    call(unsubscribe_app, None, query={"token": token})
    listed, _ = subscriber_page(1000)
    assert readers[-1].user_id not in listed
    assert readers[0].user_id in listed
