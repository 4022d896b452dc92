"""SNS and SQS of the foundation: every subscription, its filter, and its dead-letter queue."""

import json
from typing import Any

import pytest

from infra.local.localstack_core import LocalStackCore
from infra.templates import FOUNDATION, resources

SUBSCRIPTIONS = {
    name: given
    for name, given in resources(FOUNDATION, "AWS::SNS::Subscription").items()
    if given["Protocol"] == "sqs"
}
_END = "end of the test"


def received(core: LocalStackCore, queue: str) -> list[str]:
    """The bodies in a queue up to `_END`, which is in no subscription's filter."""
    sqs = core.client("sqs")
    sqs.send_message(QueueUrl=queue, MessageBody=_END)
    bodies: list[str] = []
    while _END not in bodies:
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=10)
        for message in answer.get("Messages", []):
            bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return [body for body in bodies if body != _END]


def publish(core: LocalStackCore, topic: str, kind: str, key: str = "type") -> str:
    body = json.dumps({key: kind})
    attributes = {"type": {"DataType": "String", "StringValue": kind}}
    core.client("sns").publish(TopicArn=topic, Message=body, MessageAttributes=attributes)
    return body


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
def test_a_queue_gets_the_events_of_its_filter_alone(
    core: LocalStackCore, foundation: dict[str, str], name: str
) -> None:
    given = SUBSCRIPTIONS[name]
    topic = foundation[given["TopicArn"]["Ref"]]
    queue = foundation[given["Endpoint"]["Fn::GetAtt"][0]]
    [(key, wanted)] = given.get("FilterPolicy", {"type": ["any.event"]}).items()
    received(core, queue)  # what other subscriptions of this queue left
    published = [publish(core, topic, kind, key) for kind in wanted]
    if "FilterPolicy" in given:
        publish(core, topic, "not.of.the.filter", key)
    assert sorted(received(core, queue)) == sorted(published)


def test_every_queue_has_its_dead_letter_queue(
    core: LocalStackCore, foundation: dict[str, str]
) -> None:
    sqs = core.client("sqs")
    for name, given in resources(FOUNDATION, "AWS::SQS::Queue").items():
        found = sqs.get_queue_attributes(QueueUrl=foundation[name], AttributeNames=["All"])
        attributes: dict[str, Any] = found["Attributes"]
        if "VisibilityTimeout" in given:
            assert attributes["VisibilityTimeout"] == str(given["VisibilityTimeout"]), name
        if "RedrivePolicy" in given:
            dead = given["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            redrive = json.loads(attributes["RedrivePolicy"])
            expected = foundation[dead].rpartition("/")[2]
            assert redrive["deadLetterTargetArn"].rpartition(":")[2] == expected, name


def test_what_is_received_too_often_is_dead(
    core: LocalStackCore, foundation: dict[str, str]
) -> None:
    sqs = core.client("sqs")
    given = resources(FOUNDATION, "AWS::SQS::Queue")["DeletedGroupsQueue"]
    queue, dead = foundation["DeletedGroupsQueue"], foundation["DeletedGroupsDeadQueue"]
    sqs.send_message(QueueUrl=queue, MessageBody="bad")
    for _ in range(int(given["RedrivePolicy"]["maxReceiveCount"])):
        [message] = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
        handle = message["ReceiptHandle"]
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=0)
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    [message] = sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=10)["Messages"]
    assert message["Body"] == "bad"


def test_every_role_trusts_and_may_what_the_template_says(
    core: LocalStackCore, foundation: dict[str, str]
) -> None:
    iam = core.client("iam")
    for name, given in resources(FOUNDATION, "AWS::IAM::Role").items():
        role = iam.get_role(RoleName=foundation[name])["Role"]
        [trusted] = given["AssumeRolePolicyDocument"]["Statement"]
        [found] = role["AssumeRolePolicyDocument"]["Statement"]
        assert found["Principal"] == trusted["Principal"], name
        names = {each["PolicyName"] for each in given.get("Policies", [])}
        stored = iam.list_role_policies(RoleName=foundation[name])["PolicyNames"]
        assert set(stored) == names, name
