"""Hoshi in this process, with AWS in memory: runs a Lambda, and then all consumers that follow.

What a request writes goes through the streams, topics and queues of the templates to the Lambdas
behind them, until nothing is left to do. On AWS, a consumer's batch may hold changes of others too.
"""

import importlib
import io
import itertools
import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from time import process_time
from typing import Any

from infra import templates
from infra.costs.prices import total
from infra.costs.runs import Run
from infra.local.clients import CREDENTIALS, REGION
from shared import hot_reads
from tests.bench.costs.metered_aws import MeteredAws
from tests.bench.costs.metered_dynamo import Change
from tests.support.gateway import LambdaContext

MOMENT = 1_767_614_400.0  # 2026-01-05T12:00:00Z, at which the clock is stopped
_ROUNDS = 50  # of consumers, within which everything must be done
_ROUND_SECONDS = 5
_OWN = {
    **CREDENTIALS,
    "ACCOUNT_ID": "000000000000",
    "AI_MODEL": "a-model",
    "AWS_LAMBDA_FUNCTION_NAME": "hoshi-Costs",
    "AWS_REGION": REGION,
    "FRONTEND_URL": "https://www.example.com",
    "CAPTCHA_URL": "",
    "CAPTCHA_WHEN": "always",
    "GOOGLE_CLIENT_ID": "client-1.apps.googleusercontent.com",
    "PARTITION": "aws",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "PUBLIC_URL": "https://api.example.com",
    "RATE_SCALE": "100000",
    "STAGE": "production",
    "WEBSOCKET_URL": "wss://chat.example.com/live",
    "WEBSOCKET_PUSH_URL": "https://chat.example.com/live",
}


type Handler = Callable[[dict[str, Any], Any], Any]


class Failed(Exception):
    """A measured Lambda failed."""


class Stage:
    """Runs Lambdas. `aws` may be replaced by one with other tables."""

    def __init__(self, aws: MeteredAws) -> None:
        self.aws = aws
        self.times: dict[str, list[float]] = {}  # milliseconds of the functions' own code
        self.mails: list[dict[str, Any]] = []  # the jobs of all mails
        self._sequence = itertools.count(1)

    def run(self, function: str, event: dict[str, Any], handler: Handler | None = None) -> Run:
        """Invoke `posts/like_post`, or `handler` in its place, and check that it succeeds. It
        keeps nothing of earlier invocations: what is kept on AWS depends on a process's traffic."""
        hot_reads.forget()
        handler = handler or importlib.import_module(function.replace("/", ".")).app
        text = json.dumps(event)
        meter = self.aws.meter
        meter.clear()
        began = process_time()
        answer = handler(json.loads(text), LambdaContext(remaining=59_000))
        taken = process_time() - began - meter.seconds
        if not _has_succeeded(answer):
            raise Failed(f"{function} answers {answer}")
        made = Run(function, dict(meter.calls), dict(meter.billed), answer)
        meter.clear()
        self.times.setdefault(function, []).append(taken * 1000)
        return made

    def run_consumers(self) -> list[Run]:
        """Run the consumers until nothing is left to do."""
        from shared.clock import now, stop_at

        runs: list[Run] = []
        for number in range(_ROUNDS):
            due = [*self._streamed(), *self._queued()]
            if not due:
                return runs
            # Consumers of delayed messages check whether enough time has passed.
            with stop_at(now() + number * _ROUND_SECONDS):
                for function, event, requests in due:
                    run = self.run(function, event)
                    billed = total(run.billed, {"queue_requests": requests} if requests else {})
                    runs.append(replace(run, billed=billed))
        raise Failed(f"the consumers do not end: {[run.function for run in runs[-5:]]}")

    def discard_pending(self) -> None:
        """Discard all stream records and messages that were not delivered yet."""
        self.aws.dynamo.changes.clear()
        self.aws.published.clear()
        self.aws.sent.clear()

    def _streamed(self) -> Iterator[tuple[str, dict[str, Any], int]]:
        changes, self.aws.dynamo.changes = self.aws.dynamo.changes, []
        for function, table, patterns in stream_consumers():
            records = [self._record(each) for each in changes if each.table == table]
            records = [each for each in records if passes(each, patterns)]
            if records:
                yield function, {"Records": records}, 0

    def _queued(self) -> Iterator[tuple[str, dict[str, Any], int]]:
        """The batches in the queues, each with its SQS requests: one for each message that a topic
        sends, and one each to receive and to delete the batch."""
        published, self.aws.published = self.aws.published, {}
        sent, self.aws.sent = self.aws.sent, {}
        self.mails += map(json.loads, sent.get("emails", []))
        waiting = [(queue, text, 0) for queue, texts in sent.items() for text in texts]
        waiting += [
            (queue, json.dumps(message), 1)
            for kind, topic, queue in _subscriptions()
            for message in published.get(topic, [])
            if message["type"] == kind
        ]
        consumers = _queue_consumers()
        for queue in dict.fromkeys(queue for queue, _, _ in waiting if queue in consumers):
            function, batch_size = consumers[queue]
            messages = [each for each in waiting if each[0] == queue]
            for batch in itertools.batched(messages, batch_size, strict=False):
                records = [_message(number, text) for number, (_, text, _) in enumerate(batch)]
                yield function, {"Records": records}, sum(each[2] for each in batch) + 2

    def _record(self, change: Change) -> dict[str, Any]:
        item, table = change.new or change.old, f"{self.aws.stack}-{change.table}"
        assert item is not None
        kind = {(True, False): "INSERT", (False, True): "REMOVE"}
        name = kind.get((change.old is None, change.new is None), "MODIFY")
        number = next(self._sequence)
        return {
            "eventID": f"record-{number}",
            "eventName": name,
            "eventSource": "aws:dynamodb",
            "eventSourceARN": f"arn:aws:dynamodb:{REGION}:000000000000:table/{table}/stream/now",
            "dynamodb": {
                "ApproximateCreationDateTime": MOMENT,
                "SequenceNumber": str(number),
                "Keys": {name: item[name] for name in self.aws.dynamo.tables[table].key},
                **({"OldImage": change.old} if change.old else {}),
                **({"NewImage": change.new} if change.new else {}),
            },
        }


def _has_succeeded(answer: Any) -> bool:
    if isinstance(answer, dict) and "statusCode" in answer:
        return bool(200 <= answer["statusCode"] < 400)
    return not (isinstance(answer, dict) and answer.get("batchItemFailures"))


def _message(number: int, text: str) -> dict[str, Any]:
    return {
        "messageId": f"message-{number}",
        "receiptHandle": f"receipt-{number}",
        "body": text,
        "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1"},
    }


def passes(record: Any, patterns: list[Any]) -> bool:
    """Whether Lambda invokes the consumer with a record: any of its patterns, if any, matches."""
    return not patterns or any(_matches(record, each) for each in patterns)


def _matches(value: Any, pattern: Any) -> bool:
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            _matches(value.get(name), each) for name, each in pattern.items()
        )
    return value in pattern or (value is not None and {"exists": True} in pattern)


@cache
def stream_consumers() -> list[tuple[str, str, list[Any]]]:
    """`(function, table, the patterns of its filter)` of every stream consumer."""
    return [
        (
            "/".join(templates.module_of(function)),
            templates.name_of(source["Stream"]["Fn::ImportValue"]).removesuffix("-stream"),
            [
                json.loads(each["Pattern"])
                for each in source.get("FilterCriteria", {}).get("Filters", [])
            ],
        )
        for function in templates.functions().values()
        for source in templates.sources(function, "DynamoDB")
    ]


@cache
def _subscriptions() -> list[tuple[str, str, str]]:
    return list(templates.subscriptions())


@cache
def _queue_consumers() -> dict[str, tuple[str, int]]:
    """The function behind each queue, and its batch size."""
    return {
        templates.name_of(source["Queue"]): (
            "/".join(templates.module_of(function)),
            source["BatchSize"],
        )
        for function in templates.functions().values()
        for source in templates.sources(function, "SQS")
    }


@contextmanager
def staged(password_cost: int = 4) -> Iterator[Stage]:
    """A stage. The block turns this process into a Lambda's, so it should do nothing else after."""
    from shared import clock, observability
    from shared.aws import clients
    from tests.support.token_clock import token_clock

    os.environ.update(environment(), PASSWORD_COST=str(password_cost))
    # /feed/explore reads at random places, so the random numbers must be the same every time.
    fixed = random.Random(1)
    os.urandom = random._urandom = fixed.randbytes  # type: ignore[attr-defined]
    stage = Stage(MeteredAws())

    # Look up the stage's present AWS: the clients of this process outlive it.
    def answer(**sent: Any) -> Any:
        return stage.aws.answer(**sent)

    clients.session().register("before-send", answer)
    handler = observability.logger().registered_handler
    handler.stream = io.StringIO()  # type: ignore[attr-defined]
    with clock.stop_at(MOMENT), token_clock():
        yield stage


def fresh_aws() -> MeteredAws:
    """Empty tables, and the secrets that functions read."""
    made = MeteredAws()
    made.secrets = {
        "hoshi/tokens": {"current": "t" * 64, "previous": ""},
        "hoshi/cursors": {"current": "c" * 64, "previous": ""},
        "hoshi/google": {"client_secret": "not-so-secret"},
    }
    return made


def environment() -> dict[str, str]:
    """The environment variables of all functions, with the defaults of template.yaml."""
    template = templates.load(templates.TEMPLATE)
    defaults = {
        name: str(parameter.get("Default", ""))
        for name, parameter in template["Parameters"].items()
    }
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    of_all = [shared] + [
        function.get("Environment", {}).get("Variables", {})
        for function in templates.functions().values()
    ]
    given = {
        name: defaults[value["Ref"]]
        for variables in of_all
        for name, value in variables.items()
        if isinstance(value, dict) and value.get("Ref") in defaults
    }
    return given | _OWN
