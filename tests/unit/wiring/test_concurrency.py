"""What runs beside the API leaves it its share of the account, and is not started twice.

An account begins with 1,000 concurrent executions for everything (docs/operations.md).
"""

from typing import Any

import pytest

from infra import templates

BESIDE_THE_API = 500  # of the 1,000
ATTEMPTS = 6  # of an event source that is throttled, each as long as the function may take

TEMPLATE = templates.load(templates.TEMPLATE)
FUNCTIONS = {
    name: TEMPLATE["Globals"]["Function"] | function
    for name, function in templates.functions().items()
}
QUEUES = {
    templates.name_of(queue["QueueName"]): queue
    for queue in templates.resources(templates.FOUNDATION, "AWS::SQS::Queue").values()
}
CONSUMERS = [
    pytest.param(templates.name_of(source["Queue"]), function, source, id=name)
    for name, function in FUNCTIONS.items()
    for source in templates.sources(function, "SQS")
]


@pytest.mark.parametrize(("queue", "function", "source"), CONSUMERS)
def test_a_message_is_not_given_out_again_while_it_is_worked_on(
    queue: str, function: dict[str, Any], source: dict[str, Any]
) -> None:
    """The rule of the Lambda Developer Guide ("Using Lambda with Amazon SQS"): the event source may
    be throttled, and tries again within the visibility timeout."""
    window = source.get("MaximumBatchingWindowInSeconds", 0)
    least = ATTEMPTS * function["Timeout"] + window
    patience = QUEUES[queue]["VisibilityTimeout"]
    assert patience >= least, (
        f"infra/foundation.yaml: {queue} needs a VisibilityTimeout of {least} s at least: its "
        f"consumer may take {function['Timeout']} s"
    )


@pytest.mark.parametrize(("queue", "function", "source"), CONSUMERS)
def test_a_consumer_has_a_share_of_the_account(
    queue: str, function: dict[str, Any], source: dict[str, Any]
) -> None:
    share = source.get("ScalingConfig", {}).get("MaximumConcurrency", 0)
    assert 2 <= share <= 20, (
        f"template.yaml: the event of {queue} needs ScalingConfig: {{MaximumConcurrency: …}}, "
        "2 for what may wait, up to 20 for what people wait for"
    )


def reserved(name: str) -> int:
    parameter = FUNCTIONS[name]["ReservedConcurrentExecutions"]["Ref"]
    default: int = TEMPLATE["Parameters"][parameter]["Default"]
    return default


def test_what_uploads_start_is_bounded() -> None:
    """S3 invokes them directly: what waits, waits in Lambda, for up to six hours."""
    started = [name for name, each in FUNCTIONS.items() if templates.sources(each, "S3")]
    assert len(started) == 2
    for name in started:
        assert reserved(name) <= 100, name


def test_queues_streams_and_uploads_leave_the_api_its_share() -> None:
    queues = sum(
        source["ScalingConfig"]["MaximumConcurrency"]
        for function in FUNCTIONS.values()
        for source in templates.sources(function, "SQS")
    )
    streams = sum(len(templates.sources(function, "DynamoDB")) for function in FUNCTIONS.values())
    uploads = sum(
        reserved(name) for name, each in FUNCTIONS.items() if templates.sources(each, "S3")
    )
    assert queues + streams + uploads <= BESIDE_THE_API


def test_the_api_has_a_rate_of_its_own() -> None:
    """Below the account's, so that another API of the account, and these functions, go on."""
    wanted = {
        "ThrottlingRateLimit": {"Ref": "ApiRate"},
        "ThrottlingBurstLimit": {"Ref": "ApiBurst"},
    }
    [api] = templates.resources(templates.TEMPLATE, "AWS::Serverless::Api").values()
    assert api["MethodSettings"] == [{"ResourcePath": "/*", "HttpMethod": "*"} | wanted]
    [stage] = templates.resources(templates.TEMPLATE, "AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == wanted


def test_mails_are_tried_often() -> None:
    assert QUEUES["emails"]["RedrivePolicy"]["maxReceiveCount"] >= 10
