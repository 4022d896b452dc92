"""Health checks: one cheap call to each service of AWS that this deployment depends on."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, Literal

from shared import observability
from shared.aws.clients import client
from shared.config import config
from shared.errors import DependencyUnavailable
from shared.messaging import queues

type State = Literal["ok", "down"]

_TIMEOUT = 3  # seconds that each may take; they run at the same time


class SomethingIsDown(DependencyUnavailable):
    """A dependency is down; the body also says which."""

    def __init__(self, checks: Mapping[str, State]) -> None:
        super().__init__(retry_after="30")
        self.checks = checks

    def body(self, request_id: str) -> dict[str, Any]:
        return {**super().body(request_id), "checks": self.checks}


def states() -> dict[str, State]:
    """The state of each dependency by its name."""
    threads = ThreadPoolExecutor(len(_CHECKS))
    results = {name: threads.submit(_succeeds, check) for name, check in _CHECKS.items()}
    wait(results.values(), timeout=_TIMEOUT)
    threads.shutdown(wait=False, cancel_futures=True)
    return {
        name: "ok" if result.done() and result.result() else "down"
        for name, result in results.items()
    }


def _succeeds(check: Callable[[], object]) -> bool:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        check()
    except (BotoCoreError, ClientError):
        observability.log_failure("check failed")
        return False
    return True


_CHECKS: dict[str, Callable[[], object]] = {
    "dynamodb": lambda: client("dynamodb").describe_table(TableName=f"{config.stack}-users"),
    "s3": lambda: client("s3").head_bucket(Bucket=config.media_bucket),
    "sns": lambda: client("sns").get_topic_attributes(TopicArn=config.topic_arn("users")),
    "sqs": lambda: client("sqs").get_queue_attributes(
        QueueUrl=queues.queue_url("emails"), AttributeNames=["QueueArn"]
    ),
}
