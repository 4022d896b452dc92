"""People who sign up; each call has its own IP address, so that no budget is used up."""

import itertools
import json
from typing import Any

from auth.authorizer import app as authorizer
from shared.aws.clients import client
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from shared.messaging.queues import queue_url
from tests.support.events import load_event
from tests.support.gateway import LambdaContext

PASSWORD = "Correct-Horse-7"
_addresses = itertools.count(1)
_jobs: list[dict[str, Any]] = []


def event_of(
    app: Endpoint, body: dict[str, Any] | None = None, token: str | None = None
) -> dict[str, Any]:
    """The sample event of a Lambda with another body, token and IP address."""
    event = load_event("auth", app.declaration.name)
    number = next(_addresses)
    event["requestContext"]["identity"]["sourceIp"] = f"10.0.{number >> 8}.{number & 255}"
    if body is not None:
        event["body"] = json.dumps(body)
    if token:
        event["headers"]["Authorization"] = f"Bearer {token}"
        if app.declaration.auth != "none":
            request = {**load_event("auth", "authorizer"), "authorizationToken": f"Bearer {token}"}
            event["requestContext"]["authorizer"] = authorizer(request, None)["context"]
    return event


def call(
    app: Endpoint, body: dict[str, Any] | None = None, token: str | None = None
) -> tuple[int, dict[str, Any]]:
    """Status and body of an answer, without the request's id, which always differs."""
    answer = app(event_of(app, body, token), LambdaContext())
    given: dict[str, Any] = json.loads(answer["body"])
    given.pop("request_id", None)
    return answer["statusCode"], given


def mail_jobs() -> list[dict[str, Any]]:
    """All jobs that the mail queue has received, oldest first."""
    url = queue_url("emails")
    while True:
        answer = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        for message in messages:
            _jobs.append(json.loads(message["Body"]))
            client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        if not messages:
            return _jobs


class Newcomer:
    """A person who has not signed up yet."""

    def __init__(self) -> None:
        self.username = f"yuki_{new_id()[-12:].lower()}"
        self.email = f"{self.username}@example.com"
        self._mails = 0

    def registration(self) -> dict[str, Any]:
        return {
            "name": "Yuki Example",
            "username": self.username,
            "email": self.email,
            "password": PASSWORD,
            "date_of_birth": "1999-04-05",
            "gender": "other",
        }

    def register(self, **more: Any) -> None:
        from auth.register_user import app

        status, given = call(app, {**self.registration(), **more})
        assert status == 201, given

    def code(self) -> str:
        """The code of the next mail."""
        mine = [job for job in mail_jobs() if job["to"] == self.email]
        self._mails += 1
        assert len(mine) == self._mails
        return str(mine[-1]["values"]["code"])
