"""Mails that bounce and mails that nothing can send, on the deployed stack.

MiniStack publishes no reports, so a test publishes to the topic what SES documents.
"""

import json
from typing import Any

from shared.clock import timestamp
from shared.ids import new_id
from tests.e2e.client import PASSWORD, Api, Person, join, new_name, wait_for
from tests.e2e.conftest import STACK, Deployed
from tests.support.events import load_event

NEW_PASSWORD = "Battery-Staple-8"  # of a person in this test


def publish(stack: Deployed, message: str) -> None:
    sns = stack.client("sns")
    [topic] = [
        each["TopicArn"]
        for each in sns.list_topics()["Topics"]
        if each["TopicArn"].endswith(f":{STACK}-returned-mails")
    ]
    sns.publish(TopicArn=topic, Message=message)


def bounce(address: str) -> str:
    """SES's report that a mail, sent now, bounced for good."""
    report = json.loads(load_event("emails", "on_mail_returned")["Records"][0]["body"])
    report["mail"] |= {"destination": [address], "timestamp": timestamp()}
    report["bounce"]["bouncedRecipients"][0]["emailAddress"] = address
    return json.dumps(report)


def ask_for_another_address(person: Person, password: str) -> None:
    """Request a change of address, of which the present one gets a notice."""
    body = {"new_email": f"{new_name('moved')}@example.org", "password": password}
    person.expect(200, "POST", "/auth/change-email", body)


def test_an_address_that_bounced_gets_codes_alone_until_one_is_used(
    api: Api, stack: Deployed
) -> None:
    reader = join(api, "reader")
    reader.expect(200, "PUT", "/settings/notifications", {"newsletter": True})
    publish(stack, "Successfully validated SNS topic for Amazon SES event publishing.")
    publish(stack, json.dumps({"eventType": "Delivery", "mail": {}, "delivery": {}}))
    publish(stack, bounce(reader.email))
    wait_for(
        lambda: reader.get("/settings/notifications")["newsletter"] is False,
        "the newsletter to end",
    )
    before = len(api.mails_to(reader.email))

    ask_for_another_address(reader, PASSWORD)
    wait_for(lambda: any(stack.log_lines("mail suppressed")), "the notice to be dropped")
    assert len(api.mails_to(reader.email)) == before

    api.expect(200, "POST", "/forgot-password", {"email": reader.email})
    code = api.code_for(reader.email, after=before)
    body = {"email": reader.email, "otp_code": code, "new_password": NEW_PASSWORD}
    api.expect(200, "POST", "/reset-password", body)
    again = {"identifier": reader.username, "password": NEW_PASSWORD}
    reader.token = api.expect(200, "POST", "/login", again)["token"]
    ask_for_another_address(reader, NEW_PASSWORD)
    wait_for(lambda: len(api.mails_to(reader.email)) == before + 2, "the notice")
    assert reader.email not in "".join(stack.log_lines())

    waiting = stack.client("sqs").get_queue_attributes(
        QueueUrl=f"{stack.endpoint}/000000000000/{STACK}-emails-mail-returned-dead",
        AttributeNames=["ApproximateNumberOfMessages"],
    )
    assert waiting["Attributes"]["ApproximateNumberOfMessages"] == "0"


def test_a_poison_mail_is_a_dead_letter_that_administrators_learn_of_once(
    api: Api, stack: Deployed, admin: Person
) -> None:
    sqs, url = stack.client("sqs"), f"{stack.endpoint}/000000000000/{STACK}-emails"
    values = {"username": "a", "link": "javascript:alert(1)"}
    poison = {"id": new_id(), "template": "export_ready", "to": "a@example.com", "values": values}
    for _ in range(20):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(poison))
    join(api, "newcomer")  # whose code comes behind them

    def dead() -> int:
        name = "ApproximateNumberOfMessages"
        asked = sqs.get_queue_attributes(QueueUrl=f"{url}-dead", AttributeNames=[name])
        return int(asked["Attributes"][name])

    wait_for(lambda: dead() == 20, "all of them to be dead")

    def notified() -> list[Any]:
        found = admin.get("/notifications")["notifications"]
        return [each["entity_id"] for each in found if each["type"] == "mail.failed"]

    assert wait_for(notified, "the notification") in (["emails"], ["emails"] * 2), "once an hour"
