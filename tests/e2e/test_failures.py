"""Failures are repaired: every event arrives, and none has its effect twice."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.clients import CREDENTIALS
from tests.e2e.client import Person, wait_for
from tests.e2e.conftest import STACK, Deployed

ROOT = Path(__file__).parents[2]


@contextmanager
def denied(stack: Deployed, service: str, action: str) -> Iterator[None]:
    """Deny an action to a service's role."""
    iam = stack.client("iam")
    role = f"{STACK}-{service}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}],
    }
    iam.put_role_policy(RoleName=role, PolicyName="outage", PolicyDocument=json.dumps(policy))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="outage")


@contextmanager
def crashing(stack: Deployed, function: str) -> Iterator[None]:
    """Make every invocation of a Lambda fail before it does anything."""
    functions, name = stack.client("lambda"), stack.function(function)
    handler = functions.get_function_configuration(FunctionName=name)["Handler"]
    functions.update_function_configuration(FunctionName=name, Handler="no_such_module.app")
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Handler=handler)


@contextmanager
def short_visibility(stack: Deployed, queue: str) -> Iterator[str]:
    """Make a queue redeliver failed messages after two seconds, so that the test is short."""
    sqs = stack.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{STACK}-{queue}")["QueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "2"})
    try:
        yield url
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before["Attributes"])


def waiting(stack: Deployed, url: str) -> int:
    """How many messages a queue holds, visible or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return sum(int(number) for number in found["Attributes"].values())


def notifications_of(person: Person, kind: str) -> list[dict[str, Any]]:
    listed = person.get("/notifications")["notifications"]
    return [each for each in listed if each["type"] == kind]


def test_events_that_sns_refused_are_delivered_once_it_takes_them(
    stack: Deployed, alice: Person, bob: Person
) -> None:
    post_id = alice.expect(201, "POST", "/posts", {"content": "Is this delivered?"})["id"]
    wait_for(lambda: notifications_of(alice, "post.created"), "the notification without an outage")
    with short_visibility(stack, "posts-failures") as failures:
        with denied(stack, "posts", "sns:Publish*"):
            bob.expect(200, "POST", f"/posts/{post_id}/like")
            wait_for(lambda: waiting(stack, failures) == 1, "the event in the failure queue")
            assert alice.get(f"/posts/{post_id}")["like_count"] == 1, "counting continues"
            assert not notifications_of(alice, "post.liked")
        wait_for(
            lambda: notifications_of(alice, "post.liked"),
            "the notification after the outage",
            patience=40,
        )
        wait_for(lambda: waiting(stack, failures) == 0, "the failure queue to be empty")
    assert len(notifications_of(alice, "post.liked")) == 1
    assert alice.get(f"/posts/{post_id}")["like_count"] == 1


def test_a_consumer_that_crashed_loses_nothing(stack: Deployed, alice: Person, bob: Person) -> None:
    post_id = alice.expect(201, "POST", "/posts", {"content": "Still there?"})["id"]
    with short_visibility(stack, "notifications") as queue:
        with crashing(stack, "NotificationsOnEvent"):
            bob.expect(200, "POST", f"/posts/{post_id}/like")
            wait_for(lambda: waiting(stack, queue) >= 1, "the message to stay in the queue")
        wait_for(
            lambda: notifications_of(alice, "post.liked"),
            "the notification after the crash",
            patience=40,
        )
    assert len(notifications_of(alice, "post.liked")) == 1


def test_a_function_killed_between_write_and_answer_has_done_its_work_once(
    stack: Deployed, alice: Person, bob: Person
) -> None:
    bob.expect(200, "POST", f"/users/{alice.id}/follow")
    body, key = {"content": "Cut off"}, "killed-in-the-middle"
    event = json.loads((ROOT / "events" / "posts" / "create_post.json").read_text())
    event["body"] = json.dumps(body)
    event["headers"] = {"content-type": "application/json", "idempotency-key": key}
    event["requestContext"]["authorizer"] = {
        "user_id": alice.id,
        "username": alice.username,
        "session_id": session_of(alice),
        "role": "user",
        "scope": "full",
    }
    settings = stack.client("lambda").get_function_configuration(
        FunctionName=stack.function("CreatePost")
    )["Environment"]["Variables"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.killed", "posts.create_post", "TransactWriteItems"],
        input=json.dumps(event),
        text=True,
        capture_output=True,
        cwd=ROOT,
        env={
            **settings,
            **CREDENTIALS,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": "functions",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": stack.endpoint,
        },
        check=False,
    )
    assert done.returncode == 9, done.stderr
    # The client never had an answer and sends the same request again.
    answer = wait_for(
        lambda: (
            (
                again := alice.call("POST", "/posts", body, headers={"Idempotency-Key": key})
            ).status_code
            != 409
            and again
        ),
        "the first attempt's time to be over",
    )
    assert answer.status_code == 201, answer.text
    captions = [post["caption"] for post in alice.get(f"/users/{alice.id}/posts")["posts"]]
    assert captions == ["Cut off"]
    wait_for(
        lambda: [post["id"] for post in bob.get("/feed/home")["posts"]] == [answer.json()["id"]],
        "the post, once, in the follower's feed",
    )
    wait_for(lambda: notifications_of(alice, "post.created"), "the notification of the post")
    assert len(notifications_of(alice, "post.created")) == 1
    assert alice.get("/profile")["post_count"] == 1


def session_of(person: Person) -> str:
    import jwt

    return str(jwt.decode(person.token, options={"verify_signature": False})["sid"])


def test_nothing_waits_in_a_dead_letter_queue(stack: Deployed) -> None:
    """Runs last in this file: the failures of the other tests left no dead letter."""
    sqs = stack.client("sqs")
    urls = sqs.list_queues(QueueNamePrefix=f"{STACK}-").get("QueueUrls", [])
    dead = {url.rsplit("/", 1)[1]: waiting(stack, url) for url in urls if url.endswith("-dead")}
    assert dead
    assert {name: count for name, count in dead.items() if count} == {}
