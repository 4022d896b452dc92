"""Which errors are transient, and which are bugs of ours."""

from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from pynamodb.exceptions import PutError

from shared.dynamodb.conditions import WriteConflict
from shared.errors import AiUnavailable, DependencyUnavailable, PostNotFound
from shared.messaging.queues import SendFailed
from shared.transient import aws_error, is_transient


def answered(code: str, status: int = 400, *reasons: str) -> ClientError:
    """An error that AWS answers; for a transaction, with the reasons for its cancellation."""
    response: Any = {
        "Error": {"Code": code, "Message": "of AWS"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "PutItem")


def raised_from(cause: Exception) -> Exception:
    try:
        raise RuntimeError from cause
    except RuntimeError as error:
        return error


@pytest.mark.parametrize(
    "error",
    [
        answered("ThrottlingException"),
        answered("ProvisionedThroughputExceededException"),
        answered("TransactionConflictException"),
        answered("SlowDown", 503),
        answered("SomethingNew", 500),
        answered("TransactionCanceledException", 400, "None", "TransactionConflict"),
        answered("TransactionCanceledException", 400, "ThrottlingError", "TransactionConflict"),
        EndpointConnectionError(endpoint_url="https://example.com"),
        ConnectTimeoutError(endpoint_url="https://example.com"),
        ReadTimeoutError(endpoint_url="https://example.com"),
        BotoCoreError(),
        WriteConflict(),
        SendFailed(),
        DependencyUnavailable(),
        PutError("Failed to put item", answered("ThrottlingException")),
        PutError("Failed to put item", ReadTimeoutError(endpoint_url="https://example.com")),
        raised_from(answered("ThrottlingException")),
        raised_from(raised_from(WriteConflict())),
    ],
    ids=repr,
)
def test_transient_errors(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        answered("ValidationException"),
        answered("AccessDeniedException"),
        answered("ResourceNotFoundException"),
        answered("ConditionalCheckFailedException"),
        answered("TransactionCanceledException", 400, "ValidationError", "TransactionConflict"),
        answered("TransactionCanceledException", 400, "None"),
        PutError("Failed to put item", answered("ValidationException")),
        PutError("Failed to put item"),
        raised_from(answered("ValidationException")),
        KeyError("x"),
        TimeoutError(),
        PostNotFound(),
        AiUnavailable(),
    ],
    ids=repr,
)
def test_other_errors(error: Exception) -> None:
    assert not is_transient(error)


def test_the_answer_of_aws_is_found_behind_what_was_raised_from_it() -> None:
    error = raised_from(PutError("Failed to put item", answered("ValidationException")))
    assert aws_error(error) == {"Code": "ValidationException", "Message": "of AWS"}
    assert aws_error(KeyError("x")) is None


def test_a_circle_of_causes_ends() -> None:
    first, second = RuntimeError("first"), RuntimeError("second")
    first.__cause__, second.__cause__ = second, first
    assert not is_transient(first)
