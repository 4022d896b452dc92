"""Powertools logging, metrics and tracing, wired in this one place. Handlers never make a logger.

One structured line per request or batch; never a token, code, password, e-mail address or message
text.
"""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger

if TYPE_CHECKING:
    from aws_lambda_powertools.metrics import Metrics

_NAMESPACE = "Hoshi"


@cache
def logger() -> Logger:
    """The process's logger: JSON lines with service, level and time."""
    return Logger(service=os.environ.get("SERVICE", "hoshi"), use_rfc3339=True, utc=True)


def log(message: str, **fields: Any) -> None:
    """One line about what was done."""
    logger().info(message, extra=fields)


def log_failure(message: str, **fields: Any) -> None:
    """One line about the exception being handled, with its trace (its text never holds a secret of
    ours: errors of the kernel and of AWS name things, not their values)."""
    logger().error(message, extra=fields, exc_info=True)


def count(name: str, value: float, **dimensions: str) -> None:
    """Add to a metric, as one line that CloudWatch reads (embedded metric format)."""
    from aws_lambda_powertools.metrics import MetricUnit

    metrics = _metrics()
    for dimension, text in dimensions.items():
        metrics.add_dimension(dimension, text)
    metrics.add_metric(name, MetricUnit.Count, value)
    metrics.flush_metrics()


@cache
def _metrics() -> "Metrics":
    from aws_lambda_powertools.metrics import Metrics

    return Metrics(namespace=_NAMESPACE, service=os.environ.get("SERVICE", "hoshi"))


@cache
def start_tracing() -> None:
    """Let X-Ray see the AWS calls of this process, where the deployment traces at all
    (`POWERTOOLS_TRACE_DISABLED` is not true): the tracer's imports cost a cold start 80 ms."""
    if os.environ.get("POWERTOOLS_TRACE_DISABLED", "").lower() in {"1", "true"}:
        return
    from aws_lambda_powertools.tracing import Tracer

    Tracer(service=os.environ.get("SERVICE", "hoshi"), patch_modules=["botocore"])
