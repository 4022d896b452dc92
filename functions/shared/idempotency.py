"""`Idempotency-Key`: the first 2xx of a key is answered again, for 24 hours (api.md section 1).

Powertools keeps the records. Imported only when a request brings the header, because it costs a
cold start 300 ms.
"""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyValidationError,
)

from shared.aws import client
from shared.config import config
from shared.errors import IdempotencyInProgress, IdempotencyKeyReused, InvalidInput
from shared.requests import Answer, Request

_LIFE = 24 * 3600  # seconds


def run_once(view: Callable[[Request[Any, Any]], Any], request: Request[Any, Any]) -> Answer:
    """Run `view` unless this key has an answer already; failures are not kept."""
    key = request.headers["idempotency-key"]
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise InvalidInput(("Idempotency-Key", "1 to 255 printable ASCII characters."))
    ran = False

    def run(record: dict[str, Any]) -> dict[str, Any]:
        nonlocal ran
        ran = True
        given = view(request)
        answer = given if isinstance(given, Answer) else Answer(given)
        return {"body": answer.body, "status": answer.status, "headers": answer.headers}

    settings = IdempotencyConfig(
        event_key_jmespath="[scope, key]",
        payload_validation_jmespath="[path, body]",
        raise_on_no_idempotency_key=True,
        expires_after_seconds=_LIFE,
    )
    once = idempotent_function(
        run, data_keyword_argument="record", persistence_store=_store(), config=settings
    )
    try:
        stored = once(record=_record_of(request, key))
    except IdempotencyValidationError as error:
        raise IdempotencyKeyReused from error
    except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError) as error:
        raise IdempotencyInProgress(Retry_After="1") from error
    headers = dict(stored["headers"])
    if not ran:
        headers["Idempotent-Replayed"] = "true"
    return Answer(stored["body"], stored["status"] and int(stored["status"]), headers)


def _record_of(request: Request[Any, Any], key: str) -> dict[str, Any]:
    declaration = request.declaration
    account = declaration.account(request.body) if declaration.account else None
    owner = request.known_caller.user_id if request.known_caller else f"account#{account}"
    body = request.body.model_dump(mode="json") if request.body is not None else None
    return {
        "scope": f"{declaration.name}#{owner}",
        "key": key,
        "path": sorted(request.path.items()),
        "body": json.dumps(body, sort_keys=True),
    }


@cache
def _store() -> DynamoDBPersistenceLayer:
    return DynamoDBPersistenceLayer(
        table_name=f"{config.stack}-idempotency",
        expiry_attr="expires_at",
        boto3_client=client("dynamodb"),
    )
