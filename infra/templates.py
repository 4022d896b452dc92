"""The templates as data: what each declares, by the names that functions use.

Intrinsic functions are read in their long form (`!Sub x` as `{"Fn::Sub": x}`), and a physical name
or ARN that ends in `${Stack}-<name>` is called `<name>`.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from infra.generated import ROOT

FOUNDATION = "infra/foundation.yaml"
OBSERVABILITY = "infra/observability.yaml"
TEMPLATE = "template.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _intrinsic(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]  # the third kind
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _intrinsic)


@cache
def load(file: str) -> dict[str, Any]:
    """A template of the repository."""
    loaded: dict[str, Any] = yaml.load((ROOT / file).read_text(), _Loader)  # noqa: S506  # a SafeLoader
    return loaded


def resources(file: str, kind: str) -> dict[str, dict[str, Any]]:
    """The properties of the resources of one type, by logical id, in the order of the file."""
    return {
        name: resource.get("Properties", {})
        for name, resource in load(file)["Resources"].items()
        if resource["Type"] == kind
    }


def name_of(value: Any) -> str:
    """The short name in a `!Sub` of a physical name or ARN: `${Stack}-likes` is `likes`."""
    text = value["Fn::Sub"] if isinstance(value, dict) else value
    return str(text).rpartition("${Stack}")[2].strip("-/")


def functions() -> dict[str, dict[str, Any]]:
    """The properties of every Lambda by its logical id, in the order of template.yaml."""
    return resources(TEMPLATE, "AWS::Serverless::Function")


def module_of(function: dict[str, Any]) -> tuple[str, str]:
    """`(service, module)` of a Lambda's handler."""
    service, module, _ = function["Handler"].split(".")
    return service, module


def sources(function: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The properties of a Lambda's event sources of one type: SQS, DynamoDB, S3, Schedule."""
    return [
        source["Properties"]
        for source in function.get("Events", {}).values()
        if source["Type"] == kind
    ]


def subscriptions() -> Iterator[tuple[str, str, str]]:
    """`(event type, topic, queue)` for each event type that each queue is subscribed to."""
    queues = resources(FOUNDATION, "AWS::SQS::Queue")
    topics = resources(FOUNDATION, "AWS::SNS::Topic")
    for subscription in resources(FOUNDATION, "AWS::SNS::Subscription").values():
        topic = name_of(topics[subscription["TopicArn"]["Ref"]]["TopicName"])
        queue = name_of(queues[subscription["Endpoint"]["Fn::GetAtt"][0]]["QueueName"])
        for kind in subscription.get("FilterPolicy", {}).get("type", []):
            yield kind, topic, queue


def queue_consumers() -> dict[str, tuple[str, str]]:
    """`(service, module)` of the Lambda that consumes a queue, by the queue's name."""
    return {
        name_of(source["Queue"]): module_of(function)
        for function in functions().values()
        for source in sources(function, "SQS")
    }
