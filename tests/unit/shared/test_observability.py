"""Log lines and metrics: structured, and without a word that a user typed."""

import json
import re
import sys

import pytest

from shared import observability
from shared.observability import count, describe, log_failure
from tests.unit.conftest import Log

SECRET = "correct horse battery staple"


def test_a_line_is_json_with_its_fields(log: Log) -> None:
    observability.log("done", records=3)
    (line,) = log.lines
    assert (line["message"], line["records"], line["level"]) == ("done", 3, "INFO")
    assert line["service"] == "hoshi-UnitTest"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["timestamp"])


def test_a_failure_outside_of_an_exception_is_a_line_too(log: Log) -> None:
    log_failure("odd", queue="emails")
    assert (log.lines[0]["message"], log.lines[0]["queue"]) == ("odd", "emails")
    assert "error" not in log.lines[0]


def test_a_failure_names_classes_and_places_but_quotes_nothing(log: Log) -> None:
    try:
        int(SECRET)
    except ValueError:
        log_failure("failed")
    (line,) = log.lines
    assert line["error"] == "ValueError"
    assert re.fullmatch(r"shared/test_observability\.py:\d+ test_a_failure.*", line["raised_at"][0])
    assert SECRET not in log.text


def test_of_a_long_trace_the_innermost_calls_are_kept() -> None:
    def deep(levels: int) -> None:
        if levels == 0:
            raise RuntimeError
        deep(levels - 1)

    with pytest.raises(RuntimeError) as raised:
        deep(50)
    places = describe(raised.value)["raised_at"]
    assert len(places) == 12
    assert places[-1].endswith("deep")


def test_a_cause_that_was_hidden_from_the_caller_is_still_named() -> None:
    def hide() -> None:
        try:
            raise KeyError(SECRET)
        except KeyError:
            raise RuntimeError(SECRET) from None

    with pytest.raises(RuntimeError) as raised:
        hide()
    described = describe(raised.value)
    assert described["error"] == "RuntimeError from KeyError"
    assert SECRET not in str(described)


def test_exceptions_that_caused_each_other_are_described_once() -> None:
    first, second = RuntimeError("first"), KeyError("second")
    first.__cause__, second.__cause__ = second, first
    assert describe(first)["error"] == "RuntimeError from KeyError"


def test_a_metric_is_one_line_that_cloudwatch_reads(capsys: pytest.CaptureFixture[str]) -> None:
    count("Drift", 2, service="posts")
    (line,) = capsys.readouterr().out.splitlines()
    written = json.loads(line)
    assert written["Drift"] == [2.0]
    assert written["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Hoshi"


def test_without_the_sdk_requests_are_served_untraced(
    settings: pytest.MonkeyPatch, log: Log
) -> None:
    settings.setenv("POWERTOOLS_TRACE_DISABLED", "false")
    settings.setenv("LAMBDA_TASK_ROOT", "/var/task")
    settings.setitem(sys.modules, "aws_xray_sdk", None)  # as if it were not installed
    observability.start_tracing.cache_clear()
    observability.start_tracing()
    observability.start_tracing.cache_clear()
    assert [line["message"] for line in log.lines] == ["tracing is not available"]


def test_there_is_one_logger() -> None:
    assert observability.logger() is observability.logger()
