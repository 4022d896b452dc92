"""Hoshi in this process: the gateway with its authorizers, every Lambda, and all that follows.

A request is answered as the deployed gateway answers it: by the route's Lambda, and behind the
authorizer where the routing says so. What it writes goes through streams, topics and queues when
the test says `deliver`.
"""

import importlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from auth.authorizer import app as authorize
from infra import templates
from infra.routes import http_lambdas, logical_id, served
from shared import clock
from shared.clock import now
from shared.http.endpoint import Endpoint
from tests.bench.costs.metered_aws import MeteredAws
from tests.bench.costs.metered_dynamo import Change
from tests.bench.costs.stage import Failed, Handler, Stage
from tests.support.events import load_event
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws

_KEPT = ("s3", "sesv2")  # services whose calls have an effect here
_ROUNDS = 60  # of consumers, within which everything must be done
_ROUND_SECONDS = 0.01
_JOB_MS = 900_000  # that the job of a schedule may take


class NetworkAws(MeteredAws):
    """AWS in memory, with streams, objects and mails."""

    def answer(self, request: AWSPreparedRequest, event_name: str, **more: Any) -> AWSResponse:
        if event_name.split(".")[1] in _KEPT:
            return MemoryAws.answer(self, request, event_name, **more)
        return super().answer(request, event_name, **more)


@dataclass(frozen=True)
class Answer:
    """What a client gets."""

    status: int
    body: Any
    text: str = ""  # as it was sent

    @property
    def verdict(self) -> str:
        """The code of an error, else the status."""
        return str(self.body["code"]) if self.status >= 400 else str(self.status)


class Network(Stage):
    """Everything that is deployed, in one process."""

    def request(
        self,
        route: str,
        token: str | None = None,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to a request of `route` ("POST /posts/{post_id}/like")."""
        app, needs_token = gateway_routes()[route]
        event = gateway_event(
            route,
            path=dict(path) if path else None,
            query=dict(query) if query else None,
            body=body,
            headers={**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})},
        )
        if needs_token:
            context = _authorized(token)
            if context is None:  # the gateway answers by itself
                return Answer(401, {"code": "unauthorized"})
            event["requestContext"]["authorizer"] = context
        answer = app(event, LambdaContext())
        kind = answer["headers"].get("Content-Type", "")
        text = str(answer["body"])
        is_json = text and kind.startswith("application/json")
        return Answer(answer["statusCode"], json.loads(text) if is_json else {}, text)

    def expect(self, route: str, token: str | None = None, **given: Any) -> Any:
        """The body of the answer to a request that must succeed, once all that follows is done."""
        answer = self.request(route, token, **given)
        if answer.status >= 300:
            raise Failed(f"{route}: {answer}")
        self.deliver()
        return answer.body

    def deliver(self) -> None:
        """Run the consumers until nothing is left to do. The stopped clock moves on: a delayed
        message comes at its time, and no id is earlier than that of what was there before."""
        for _ in range(_ROUNDS):
            delays = list(itertools.chain(*self.aws.delays.values()))
            self.aws.delays.clear()
            clock._stopped = now() + max([_ROUND_SECONDS, *delays])
            due = [*self._streamed(), *self._queued()]
            if not due:
                return
            for function, event, _ in due:
                self.run(function, event)
        raise Failed("the consumers do not end")

    def run_job(self, function: str) -> None:
        """Run the job of a schedule (`posts/purge_posts`), and all that follows."""
        app = importlib.import_module(function.replace("/", ".")).app
        context = LambdaContext(remaining=_JOB_MS)
        self.run(function, load_event(*function.split("/")), lambda event, _: app(event, context))
        self.deliver()

    def expire(self) -> None:
        """Delete what DynamoDB's TTL deletes by now, and run all that follows."""
        for table, attribute in _ttl_attributes().items():
            items = self.aws.dynamo.tables[f"{self.aws.stack}-{table}"].items
            for key, item in list(items.items()):
                if float(item.get(attribute, {}).get("N", "inf")) < now():
                    self.aws.dynamo.changes.append(Change(table, items.pop(key), None))
        self.deliver()

    def _record(self, change: Change) -> dict[str, Any]:
        record = super()._record(change)
        record["dynamodb"]["ApproximateCreationDateTime"] = now()
        return record


@cache
def gateway_routes() -> dict[str, tuple[Endpoint, bool]]:
    """By route: the Lambda that the gateway invokes, and whether it asks the authorizer first."""
    apps = {
        logical_id(service, module): importlib.import_module(f"{service}.{module}").app
        for service, module, _ in http_lambdas()
    }
    return {
        f"{method} {path}": (apps[function], needs_token)
        for (path, method), (function, needs_token) in served().items()
    }


@cache
def _ttl_attributes() -> dict[str, str]:
    """By table, the attribute that says when an item expires."""
    tables = templates.resources(templates.FOUNDATION, "AWS::DynamoDB::Table").values()
    return {
        templates.name_of(table["TableName"]): table["TimeToLiveSpecification"]["AttributeName"]
        for table in tables
        if "TimeToLiveSpecification" in table
    }


def context_of(authorizer: Handler, event: dict[str, Any]) -> dict[str, Any] | None:
    """The context that an authorizer gives a request or a socket; None if it refuses."""
    try:
        context: dict[str, Any] = authorizer(event, None)["context"]
    except Exception as error:
        if str(error) != "Unauthorized":  # the gateway would answer 500
            raise
        return None
    return context


def _authorized(token: str | None) -> dict[str, Any] | None:
    """The context of a request with this token; None if the gateway refuses it."""
    if not token:
        return None
    event = {**load_event("auth", "authorizer"), "authorizationToken": f"Bearer {token}"}
    return context_of(authorize, event)
