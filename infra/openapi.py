"""`make openapi`: writes functions/web/openapi.json, the HTTP API as an OpenAPI 3.1 document.

It is made from the same declarations as the routing: bodies, queries and answers from their types,
errors from what a declaration implies and what its view names.
"""

import importlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_origin

from infra.generated import ROOT, update_files
from infra.json_schemas import Direction, schemas_of
from infra.openapi_errors import HEADERS, error_schema, errors_of, headers, responses_of
from infra.openapi_limits import TIERS, limits_schema
from infra.openapi_parameters import is_list, parameters
from infra.openapi_reach import named_by
from infra.routes import http_lambdas

if TYPE_CHECKING:
    from shared.http.requests import Declaration, Dialect, Route

FILE = ROOT / "functions" / "web" / "openapi.json"
_AUTH = {
    "none": "No token is needed; one that is sent is ignored.",
    "token": "Needs a token of a verified account.",
    "unverified-ok": "Needs a token; the account need not be verified.",
    "banned-ok": "Needs a token, or the appeal token of a banned account.",
    "admin": "Needs the token of an administrator.",
}
_ANSWERS: dict["Dialect", str] = {"canonical": "answer", "socialhub": "socialhub_answer"}
_TEXT = {
    "type": "string",
    "description": "Also other fields of the JSON body whose type is string.",
}
_FILES = {
    "type": "array",
    "maxItems": 10,
    "items": {"type": "string", "format": "binary"},
    "description": "Pictures and videos, up to 4.5 MB in total.",
}


def document() -> dict[str, Any]:
    """The whole document."""
    lambdas = list(http_lambdas())
    schemas, models = schemas_of(_types(declaration for _, _, declaration in lambdas))
    models["Settings"]["properties"]["limits"] = limits_schema()  # more than its type can say
    paths: dict[str, dict[str, Any]] = {}
    responses: dict[str, Any] = {}
    for service, module, declaration in lambdas:
        view = getattr(importlib.import_module(f"{service}.{module}"), declaration.name)
        named = named_by(view)
        for number, route in enumerate(declaration.routes):
            if route.method == "ANY":
                continue
            operation, shared = _operation(declaration, route, number, schemas, named)
            responses |= shared
            paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hoshi",
            "version": "1",
            "description": "The HTTP API. Times are RFC 3339 UTC, ids are ULIDs, unknown fields "
            "are ignored, and every error has the same shape. `OPTIONS` on any path needs no "
            "token. `asyncapi.json` describes the WebSocket.",
        },
        "servers": [{"url": ".", "description": "The server of this document"}],
        "tags": [
            {"name": service, "description": _purpose(service)}
            for service in dict.fromkeys(service for service, _, _ in lambdas)
        ],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
            "headers": HEADERS,
            "responses": dict(sorted(responses.items())),
            "schemas": {"Error": error_schema(), **dict(sorted(models.items()))},
        },
    }


def _types(declarations: Iterable["Declaration"]) -> dict[tuple[str, str], tuple[Any, Direction]]:
    """The types of bodies and answers by `(Lambda, field of its declaration)`."""
    types: dict[tuple[str, str], tuple[Any, Direction]] = {}
    for declaration in declarations:
        for part in ("body", *_ANSWERS.values()):
            declared = getattr(declaration, part)
            if declared is not None:
                is_answer = part in _ANSWERS.values()
                types[declaration.name, part] = declared, "given" if is_answer else "taken"
    return types


def _operation(
    declaration: "Declaration",
    route: "Route",
    number: int,
    schemas: Mapping[tuple[str, str], Any],
    named: Collection[Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The operation, and the responses that it refers to."""
    operation: dict[str, Any] = {
        "operationId": declaration.name + (f"_{number + 1}" if number else ""),
        "tags": [declaration.service],
        "summary": declaration.summary.partition("\n")[0].rstrip("."),
        "description": " ".join(_description(declaration, route)),
        "security": [] if declaration.auth == "none" else [{"token": []}],
    }
    if given := list(parameters(declaration, route, named)):
        operation["parameters"] = given
    if declaration.body and route.method != "GET":  # a Lambda may serve both GET and POST
        schema = schemas[declaration.name, "body"]
        operation["requestBody"] = {
            "required": any(
                field.is_required() for field in declaration.body.model_fields.values()
            ),
            "content": {"application/json": {"schema": schema}},
        }
        if declaration.takes_files:
            form = {"type": "object", "properties": {"content": _TEXT, "files": _FILES}}
            operation["requestBody"]["content"]["multipart/form-data"] = {"schema": form}
    errors = errors_of(declaration, route, named, is_list=is_list(named))
    references, components = responses_of(errors)
    successes = {
        str(int(status)): _success(declaration, route, status, schemas)
        for status in _statuses(declaration, route)
    }
    operation["responses"] = {**successes, **references}
    return operation, components


def _statuses(declaration: "Declaration", route: "Route") -> Iterator[int]:
    """The statuses of success: a GET makes nothing, and only a GET redirects."""
    is_get = route.method == "GET"
    yield (
        HTTPStatus.OK if is_get and declaration.status == HTTPStatus.CREATED else declaration.status
    )
    if declaration.other_status and (is_get or declaration.other_status < HTTPStatus.FOUND):
        yield declaration.other_status


def _success(
    declaration: "Declaration", route: "Route", status: int, schemas: Mapping[tuple[str, str], Any]
) -> dict[str, Any]:
    if status == HTTPStatus.FOUND:
        location = {"schema": {"type": "string"}, "description": "Where the browser goes on."}
        return {"description": "A redirect.", "headers": {"Location": location, **headers([])}}
    success: dict[str, Any] = {
        "description": "Success.",
        "headers": headers(["Idempotent-Replayed"] if declaration.idempotent else []),
    }
    if route.dialect == "socialhub":
        success["description"] = "Success, with the fields of SocialHub's documentation."
    answer = schemas.get((declaration.name, _ANSWERS[route.dialect]))
    if answer is not None:
        kind = _media_type(declaration.answer)
        success["content"] = {kind: {"schema": answer}}
    return success


def _media_type(answer: Any) -> str:
    """What a 2xx body is: JSON, or what an annotated string says."""
    return answer.__metadata__[0] if get_origin(answer) is Annotated else "application/json"


def _description(declaration: "Declaration", route: "Route") -> Iterator[str]:
    more = declaration.summary.partition("\n")[2].strip()
    if more:
        yield " ".join(more.split())
    yield _AUTH[declaration.auth]
    yield TIERS[declaration.tier]
    others = [f"`{each.method} {each.path}`" for each in declaration.routes if each != route]
    if others:
        yield f"Also {' and '.join(others)}."


def _purpose(service: str) -> str:
    first_line = (importlib.import_module(service).__doc__ or "").partition("\n")[0]
    return first_line.partition(": ")[2] or first_line


def texts() -> dict[Path, str]:
    """The text of the generated file."""
    return {FILE: json.dumps(document(), indent=1, ensure_ascii=False) + "\n"}


if __name__ == "__main__":
    update_files(texts(), "make openapi")
