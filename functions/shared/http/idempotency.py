"""`Idempotency-Key`: the first 2xx of a key is repeated for 24 hours (docs/api.md section 1).

Powertools stores the answers. But a function may end between its write and its answer, before there
is an answer to store. So a view that creates something `claim`s the key in the same transaction,
and a later call with that key finds what was created.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import UnicodeAttribute

from shared.aws.clients import client
from shared.clock import now
from shared.config import config
from shared.dynamodb.tables import IntegerAttribute, Table, TableName, Transaction
from shared.errors import IdempotencyInProgress, IdempotencyKeyReused, InvalidInput
from shared.http.requests import Answer, Request

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

_LIFE = 24 * 3600  # seconds
_HEADER = "idempotency-key"


class AlreadyMade(Exception):
    """An earlier request with this key created `made_id`: answer with that."""

    def __init__(self, made_id: str) -> None:
        super().__init__("an earlier request with this key created it")
        self.made_id = made_id


class Made(Table):
    """What a request with an `Idempotency-Key` created."""

    class Meta:
        table_name = TableName("idempotency")

    id = UnicodeAttribute(hash_key=True)
    made_id = UnicodeAttribute()
    payload = UnicodeAttribute()
    expires_at = IntegerAttribute()


def claim(write: Transaction, request: Request[Any, Any], made_id: str) -> None:
    """Record in `write` that `request` creates `made_id`, if it has a key and its route uses keys.

    Sending `write` then raises `AlreadyMade` if an earlier request with the key created something,
    or `IdempotencyKeyReused` if that was a different request.
    """
    if not has_key(request):
        return
    moment = int(now())
    made_key, payload = _made_key(request)

    def otherwise(found: Mapping[str, Any]) -> Exception:
        if found["payload"]["S"] != payload:
            return IdempotencyKeyReused()
        return AlreadyMade(found["made_id"]["S"])

    made = Made(made_key, made_id=made_id, payload=payload, expires_at=moment + _LIFE)
    # An expired claim does not count, though DynamoDB may take two days to delete it.
    write.put(made, Made.is_new() | (Made.expires_at < moment), otherwise)


def made_before(request: Request[Any, Any]) -> str | None:
    """The id of what an earlier request with this key made, if there was the same one: for a view
    that fails before it can `claim`, because that was made."""
    if not has_key(request):
        return None
    made_key, payload = _made_key(request)
    made = Made.find(made_key, consistent=True)
    if made is None or made.payload != payload or made.expires_at < now():
        return None
    return str(made.made_id)


def has_key(request: Request[Any, Any]) -> bool:
    """Whether the request has a key, and its route uses keys."""
    return request.declaration.idempotent and _HEADER in request.headers


def _made_key(request: Request[Any, Any]) -> tuple[str, str]:
    """The key of the request's `Made`, and what its payload has to be."""
    key = read_key(request)
    scope = hashlib.sha256(key.encode()).hexdigest()
    return f"made#{_scope_of(request)}#{scope}", _payload_of(request, key)


def run_once(view: Callable[[Request[Any, Any]], Any], request: Request[Any, Any]) -> Answer:
    """Run `view` unless this key already has an answer; failures are not stored."""
    # Imported only for requests with the header, because it costs a cold start 300 ms.
    from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function
    from aws_lambda_powertools.utilities.idempotency.exceptions import (
        IdempotencyAlreadyInProgressError,
        IdempotencyInconsistentStateError,
        IdempotencyValidationError,
    )

    key = read_key(request)
    ran = False

    def run(record: dict[str, Any]) -> dict[str, Any]:
        nonlocal ran
        ran = True
        given = view(request)
        answer = given if isinstance(given, Answer) else Answer(given)
        return {"body": answer.body, "status": answer.status, "headers": answer.headers}

    settings = IdempotencyConfig(
        event_key_jmespath="[scope, key]",
        payload_validation_jmespath="payload",
        raise_on_no_idempotency_key=True,
        expires_after_seconds=_LIFE,
        hash_function="sha256",
        # Gives the time that the function has left. After it, the record of a function that was
        # ended blocks no other request.
        lambda_context=request.context,
    )
    once = idempotent_function(
        run, data_keyword_argument="record", persistence_store=_store(), config=settings
    )
    record = {"scope": _scope_of(request), "key": key, "payload": _payload_of(request, key)}
    try:
        stored = once(record=record)
    except IdempotencyValidationError as error:
        raise IdempotencyKeyReused from error
    except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError) as error:
        raise IdempotencyInProgress(retry_after="1") from error
    headers = dict(stored["headers"])
    if not ran:
        headers["Idempotent-Replayed"] = "true"
    return Answer(stored["body"], stored["status"], headers)


def read_key(request: Request[Any, Any]) -> str:
    """The request's `Idempotency-Key`; raises `InvalidInput` if it is not valid."""
    key = request.headers[_HEADER]
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise InvalidInput(("Idempotency-Key", "Use 1 to 255 printable ASCII characters."))
    return key


def _scope_of(request: Request[Any, Any]) -> str:
    """What a key is unique in: a Lambda, and its caller or the account that the body names."""
    declaration = request.declaration
    if request.known_caller:
        return f"{declaration.name}#{request.known_caller.user_id}"
    account = declaration.account(request.body) if declaration.account else None
    hidden = hashlib.sha256((account or "").strip().casefold().encode()).hexdigest()
    return f"{declaration.name}#account#{hidden}"


def _payload_of(request: Request[Any, Any], key: str) -> str:
    """A hash that differs between different requests with the same key.

    It is keyed with the key, of which only hashes are stored, so that it cannot be guessed: a body
    may contain a password.
    """
    body = request.body.model_dump(mode="json") if request.body is not None else None
    parts = [request.route.method, request.route.path, sorted(request.path.items()), body]
    parts += [hashlib.sha256(file.content).hexdigest() for file in request.files]
    text = json.dumps(parts, sort_keys=True)
    return hmac.digest(key.encode(), text.encode(), "sha256").hex()


@cache
def _store() -> "DynamoDBPersistenceLayer":
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

    return DynamoDBPersistenceLayer(
        table_name=f"{config.stack}-idempotency",
        expiry_attr="expires_at",
        boto3_client=client("dynamodb"),
    )
