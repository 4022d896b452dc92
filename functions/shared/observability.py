"""Powertools' logging, metrics and tracing, set up in this one place. Handlers create no loggers.

One structured line per request or batch; never a token, code, password, e-mail address or message
text.
"""

import logging
import sys
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger

from shared.config import config

if TYPE_CHECKING:
    from types import TracebackType

    from aws_lambda_powertools.metrics import Metrics

_NAMESPACE = "Hoshi"
_FRAMES = 12
# The messages of these name parts of the program. Any other message may hold what a user typed: a
# validation error quotes its input, a failed look-up its key.
_SAFE_TO_LOG = (AttributeError, ImportError, NameError)


@cache
def logger() -> Logger:
    """The process's logger: JSON lines with service, level and time."""
    # What no line contains need not be collected for each line (logging's HOWTO, "Optimization").
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # No location, since it would always be one of the two functions below.
    return Logger(service=config.log_name, use_rfc3339=True, utc=True, location=None)


def log(message: str, **fields: Any) -> None:
    """Log one line about what was done."""
    logger().info(message, extra=fields)


def log_failure(message: str, **fields: Any) -> None:
    """Log one line about the exception being handled: the classes of it and its causes and where
    they were raised, but not their messages, which may quote private data."""
    error = sys.exception()
    if error is not None:
        fields.update(describe(error))
    logger().error(message, extra=fields)


def describe(error: BaseException) -> dict[str, Any]:
    """The fields about `error` that are safe to log."""
    from shared.transient import aws_error

    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    fields: dict[str, Any] = {
        "error": " from ".join(_kind(each) for each in chain),
        "raised_at": _trace(chain[-1].__traceback__),
    }
    if len(chain) > 1:
        fields["handled_at"] = _trace(error.__traceback__)
    answer = aws_error(error)
    if answer:
        fields["aws_code"] = answer.get("Code", "")
        if fields["aws_code"].startswith("AccessDenied"):
            fields["denied"] = answer.get("Message")  # which role lacks which permission
    return fields


def _kind(error: BaseException) -> str:
    kind = type(error).__name__
    is_safe = type(error) in _SAFE_TO_LOG or getattr(error, "is_safe_to_log", False)
    return f"{kind}: {error}" if is_safe else kind


def _trace(traceback: "TracebackType | None") -> list[str]:
    """The innermost calls of a traceback, outermost first: `posts/like_post.py:31 like_post`."""
    calls = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        path = "/".join(PurePath(code.co_filename).parts[-2:])
        calls.append(f"{path}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return calls[-_FRAMES:]


def count(name: str, value: float, **dimensions: str) -> None:
    """Add to a metric, by one line that CloudWatch reads (embedded metric format)."""
    from aws_lambda_powertools.metrics import MetricUnit

    metrics = _metrics()
    for dimension, text in dimensions.items():
        metrics.add_dimension(dimension, text)
    metrics.add_metric(name, MetricUnit.Count, value)
    metrics.flush_metrics()


@cache
def _metrics() -> "Metrics":
    from aws_lambda_powertools.metrics import Metrics

    return Metrics(namespace=_NAMESPACE, service=config.stack)


@cache
def start_tracing() -> None:
    """Let X-Ray trace this process's AWS calls, if the deployment is traced: importing its SDK adds
    80 ms to a cold start. Without the SDK, requests are served untraced."""
    if not config.is_traced:
        return
    try:
        from aws_lambda_powertools.tracing import Tracer

        Tracer(service=config.stack, patch_modules=["botocore"])
    except ImportError:
        log_failure("tracing is not available")
