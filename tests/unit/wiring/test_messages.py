"""Events, queues, dead letters, alarms: every event has a consumer, nothing is lost unnoticed."""

from typing import Any

import pytest

from infra import templates
from infra.events import catalogue, listeners, publishers
from tests.unit.wiring.house import handlers_made_by, imported

QUEUES = {
    templates.name_of(queue["QueueName"]): (name, queue)
    for name, queue in templates.resources(templates.FOUNDATION, "AWS::SQS::Queue").items()
}
DEAD = [name for name in QUEUES if name.endswith("-dead")]
LIVE = [name for name in QUEUES if not name.endswith("-dead")]
FUNCTIONS = templates.functions()
CONSUMERS = templates.queue_consumers()


@pytest.mark.parametrize("queue", LIVE)
def test_a_queue_has_a_dead_letter_queue(queue: str) -> None:
    _, properties = QUEUES[queue]
    target = properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")
    dead = QUEUES.get(f"{queue}-dead", (None, {}))[0]
    assert target == {"Fn::GetAtt": [dead, "Arn"]}, (
        f"infra/foundation.yaml: {queue} needs a RedrivePolicy to a queue {queue}-dead of its own"
    )


@pytest.mark.parametrize("queue", DEAD)
def test_dead_letters_are_kept_long_and_rouse_somebody(queue: str) -> None:
    assert QUEUES[queue][1]["MessageRetentionPeriod"] == 14 * 24 * 3600, (
        f"{queue}: keep for 14 days"
    )
    alarms = templates.resources(templates.OBSERVABILITY, "AWS::CloudWatch::Alarm").values()
    watched = {
        templates.name_of(dimension["Value"])
        for alarm in alarms
        for dimension in alarm.get("Dimensions", [])
        if dimension["Name"] == "QueueName"
    }
    assert queue in watched, f"infra/observability.yaml: add an alarm on messages in {queue}"


def test_every_alarm_on_a_queue_names_one() -> None:
    alarms = templates.resources(templates.OBSERVABILITY, "AWS::CloudWatch::Alarm")
    strays = [
        name
        for name, alarm in alarms.items()
        for dimension in alarm.get("Dimensions", [])
        if dimension["Name"] == "QueueName" and templates.name_of(dimension["Value"]) not in QUEUES
    ]
    assert not strays, f"infra/observability.yaml: no such queue any more, remove {strays}"


@pytest.mark.parametrize("queue", LIVE)
def test_a_queue_has_a_consumer(queue: str) -> None:
    assert queue in CONSUMERS, f"template.yaml: no Lambda has an SQS event of {queue}"


def sources(kind: str) -> list[tuple[str, dict[str, Any]]]:
    return [
        (name, source)
        for name, function in FUNCTIONS.items()
        for source in templates.sources(function, kind)
    ]


@pytest.mark.parametrize(("function", "source"), sources("SQS"))
def test_a_consumer_reports_partial_failures(function: str, source: dict[str, Any]) -> None:
    queue = templates.name_of(source["Queue"])
    assert queue in QUEUES, f"template.yaml: {function} listens to {queue}, which is no queue"
    assert source.get("FunctionResponseTypes") == ["ReportBatchItemFailures"], (
        f"template.yaml: {function}'s event of {queue} needs FunctionResponseTypes: "
        "[ReportBatchItemFailures]"
    )


@pytest.mark.parametrize(("function", "source"), sources("DynamoDB"))
def test_a_stream_batch_that_fails_for_good_is_kept(function: str, source: dict[str, Any]) -> None:
    target = source.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    assert target and templates.name_of(target) in DEAD, (
        f"template.yaml: {function}'s stream needs OnFailure to a dead-letter queue"
    )
    assert source.get("MaximumRecordAgeInSeconds") == 24 * 3600, (
        f"template.yaml: {function}'s stream needs MaximumRecordAgeInSeconds of a day: a stream "
        "keeps its records as long"
    )


@pytest.mark.parametrize(
    "function", [name for kind in ("S3", "Schedule", "ScheduleV2") for name, _ in sources(kind)]
)
def test_an_asynchronous_call_that_fails_for_good_is_kept(function: str) -> None:
    settings = FUNCTIONS[function].get("EventInvokeConfig", {})
    target = settings.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    assert target and templates.name_of(target) in {*DEAD, *CONSUMERS}, (
        f"template.yaml: {function} needs EventInvokeConfig with OnFailure to a dead-letter queue, "
        "or to one that a Lambda consumes"
    )


@pytest.mark.parametrize("module", handlers_made_by("stream"))
def test_a_stream_lambda_consumes_the_failure_queue_it_fills(module: str) -> None:
    queue = imported(module).app._failures
    assert ".".join(CONSUMERS.get(queue, ())) == module, (
        f"{module} puts aside what it cannot do in {queue}: it must consume that queue too"
    )


@pytest.mark.parametrize("module", handlers_made_by("erasure"))
def test_an_erasure_goes_on_in_its_own_queue(module: str) -> None:
    queue = imported(module).app.queue
    assert ".".join(CONSUMERS.get(queue, ())) == module, (
        f"{module} leaves what is left to do in {queue}: it must consume that queue"
    )


@pytest.mark.parametrize("event", catalogue())
def test_an_event_is_published(event: str) -> None:
    kind = catalogue()[event]
    assert publishers(kind), f"no module constructs {kind.__name__}: publish {event}, or drop it"


@pytest.mark.parametrize("event", catalogue())
def test_an_event_has_a_topic(event: str) -> None:
    topics = {
        templates.name_of(topic["TopicName"])
        for topic in templates.resources(templates.FOUNDATION, "AWS::SNS::Topic").values()
    }
    topic = catalogue()[event].topic
    assert topic in topics, f"infra/foundation.yaml has no topic {topic}, which {event} goes to"


@pytest.mark.parametrize(("event", "topic", "queue"), list(templates.subscriptions()))
def test_a_subscription_is_to_an_event_of_its_topic(event: str, topic: str, queue: str) -> None:
    kind = catalogue().get(event)
    assert kind, (
        f"infra/foundation.yaml: {queue} is subscribed to {event}, which is not in the catalogue"
    )
    assert kind.topic == topic, (
        f"infra/foundation.yaml: {event} is published to {kind.topic}, not to {topic}"
    )


def test_every_subscription_is_to_named_events() -> None:
    """SES publishes without attributes; its messages are filtered by their body."""
    vague = [
        name
        for name, subscription in templates.resources(
            templates.FOUNDATION, "AWS::SNS::Subscription"
        ).items()
        if not subscription.get("FilterPolicy", {}).get(
            "eventType" if subscription.get("FilterPolicyScope") == "MessageBody" else "type"
        )
        or not subscription.get("RawMessageDelivery")
    ]
    assert not vague, (
        f"infra/foundation.yaml: FilterPolicy {{type: …}} and RawMessageDelivery: {vague}"
    )


@pytest.mark.parametrize("module", [*handlers_made_by("consumer"), *handlers_made_by("erasure")])
def test_a_consumer_is_subscribed_to_just_what_it_handles(module: str) -> None:
    handled = set(imported(module).app._takers)
    queues = [queue for queue, consumer in CONSUMERS.items() if ".".join(consumer) == module]
    subscribed = {event for event, _, queue in templates.subscriptions() if queue in queues}
    assert handled <= subscribed, (
        f"infra/foundation.yaml: {module} handles {handled - subscribed}, but {queues} gets none"
    )
    assert subscribed <= handled, (
        f"{module} gets {subscribed - handled} and cannot handle it: narrow the FilterPolicy"
    )


@pytest.mark.parametrize("queue", sorted({queue for _, _, queue in templates.subscriptions()}))
def test_a_topic_may_write_to_the_queues_that_listen(queue: str) -> None:
    allowed = [
        reference["Ref"]
        for policy in templates.resources(templates.FOUNDATION, "AWS::SQS::QueuePolicy").values()
        for reference in policy["Queues"]
    ]
    assert QUEUES[queue][0] in allowed, f"infra/foundation.yaml: add {queue} to TopicsToQueues"


def test_there_is_somebody_for_every_subscription() -> None:
    unheard = [event for event, _, queue in templates.subscriptions() if not listeners(event)]
    assert not unheard, f"no Lambda consumes the queues that get {unheard}"
