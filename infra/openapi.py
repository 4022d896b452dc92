"""`make openapi`: writes functions/web/openapi.json, the HTTP API as an OpenAPI 3.1 document.

It comes from the same declarations as the routing: bodies, queries and answers from their types,
errors from what a declaration implies and from the error classes that its module uses.
"""

import importlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from infra.generated import ROOT, bring_up_to_date
from infra.routes import http_lambdas

if TYPE_CHECKING:
    from shared.errors import HoshiError
    from shared.requests import Declaration, Route

FILE = ROOT / "functions" / "web" / "openapi.json"
_SCHEMAS = "#/components/schemas/{model}"
_HEADERS = {
    "X-Request-Id": ("Names this request in our logs.", "string"),
    "X-RateLimit-Limit": ("Calls an hour in the tightest of the budgets.", "integer"),
    "X-RateLimit-Remaining": ("Calls that are left in it.", "integer"),
    "X-RateLimit-Reset": ("Unix seconds at which more will be there.", "integer"),
    "Retry-After": ("Seconds after which trying again is right.", "integer"),
    "Idempotent-Replayed": ("`true` if an earlier answer is given again.", "string"),
    "Allow": ("The methods that this path has.", "string"),
}
_ON_EVERY_ANSWER = list(_HEADERS)[:4]
_TIERS = {
    "sensitive": "10 calls an hour for an address and for an account, in this endpoint alone.",
    "user": "1000 calls an hour for a user, over all endpoints of this tier.",
    "public": "100 calls an hour for an address, over all endpoints of this tier.",
}
_AUTH = {
    "none": "No token is looked at.",
    "token": "Needs a token of a verified account.",
    "unverified-ok": "Needs a token; the account need not be verified.",
    "admin": "Needs the token of an administrator.",
}
_PARAMETERS = {
    "user": "A user's id, a username in any case, or `me`.",
    "tag": "A hashtag, with or without `#`.",
    "collection_id": "A collection's id, or `default`.",
}
_PAGING = {
    "limit": (
        "How many to give at most; over 100 counts as 100.",
        {"type": "integer", "minimum": 1},
    ),
    "page_size": ("The same as `limit`.", {"type": "integer", "minimum": 1}),
    "cursor": ("`next_cursor` of the page before.", {"type": "string", "maxLength": 2048}),
}


class _Schemas(GenerateJsonSchema):
    """Without the titles that pydantic makes of field names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document() -> dict[str, Any]:
    """The whole document."""
    lambdas = list(http_lambdas())
    schemas, models = _schemas(declaration for _, _, declaration in lambdas)
    paths: dict[str, dict[str, Any]] = {}
    for service, module, declaration in lambdas:
        code = importlib.import_module(f"{service}.{module}")
        for number, route in enumerate(declaration.routes):
            if route.method == "ANY":
                continue
            operation = _operation(declaration, route, number, schemas, vars(code))
            paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hoshi",
            "version": "1",
            "description": "The HTTP API. Times are RFC 3339 UTC, ids are ULIDs, unknown fields "
            "are ignored, and every error has the same shape. `OPTIONS` on any path is answered "
            "without a token. The WebSocket is described by `asyncapi.json`.",
        },
        "servers": [{"url": ".", "description": "Where this document came from"}],
        "tags": [
            {"name": service, "description": _purpose(service)}
            for service in dict.fromkeys(service for service, _, _ in lambdas)
        ],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
            "headers": {
                name: {"description": text, "schema": {"type": kind}}
                for name, (text, kind) in _HEADERS.items()
            },
            "schemas": {"Error": _error_schema(), **dict(sorted(models.items()))},
        },
    }


def _schemas(
    declarations: Iterable["Declaration"],
) -> tuple[dict[tuple[str, str], Any], dict[str, Any]]:
    """The schemas by `(Lambda, "body" | "query" | "answer")`, and what they refer to."""
    types: list[tuple[tuple[str, str], JsonSchemaMode, TypeAdapter[Any]]] = []
    for declaration in declarations:
        for part in ("body", "query", "answer"):
            declared = getattr(declaration, part)
            if declared is not None:
                mode: JsonSchemaMode = "serialization" if part == "answer" else "validation"
                types.append(((declaration.name, part), mode, TypeAdapter(declared)))
    found, definitions = TypeAdapter.json_schemas(
        types, by_alias=False, ref_template=_SCHEMAS, schema_generator=_Schemas
    )
    return {key: schema for (key, _), schema in found.items()}, definitions.get("$defs", {})


def _operation(
    declaration: "Declaration",
    route: "Route",
    number: int,
    schemas: Mapping[tuple[str, str], Any],
    module: Mapping[str, Any],
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": declaration.name + (f"_{number + 1}" if number else ""),
        "tags": [declaration.service],
        "summary": declaration.summary.partition("\n")[0].rstrip("."),
        "description": " ".join(_description(declaration, route)),
        "security": [] if declaration.auth == "none" else [{"token": []}],
    }
    parameters = list(_parameters(declaration, route, schemas, module))
    if parameters:
        operation["parameters"] = parameters
    if declaration.body:
        schema = _with_aliases(schemas[declaration.name, "body"], declaration.body)
        operation["requestBody"] = {
            "required": any(
                field.is_required() for field in declaration.body.model_fields.values()
            ),
            "content": {"application/json": {"schema": schema}},
        }
    success: dict[str, Any] = {
        "description": "Success.",
        "headers": _headers(["Idempotent-Replayed"] if declaration.idempotent else []),
    }
    if route.dialect == "socialhub":
        success["description"] = "Success, with the fields that SocialHub's document gives."
    elif declaration.answer is not None:
        schema = schemas[declaration.name, "answer"]
        success["content"] = {"application/json": {"schema": schema}}
    errors = _errors(declaration, route, module)
    operation["responses"] = {str(declaration.status): success, **_error_responses(errors)}
    return operation


def _description(declaration: "Declaration", route: "Route") -> Iterator[str]:
    more = declaration.summary.partition("\n")[2].strip()
    if more:
        yield " ".join(more.split())
    yield _AUTH[declaration.auth]
    yield _TIERS[declaration.tier]
    others = [f"`{each.method} {each.path}`" for each in declaration.routes if each != route]
    if others:
        yield f"Also {' and '.join(others)}."


def _parameters(
    declaration: "Declaration",
    route: "Route",
    schemas: Mapping[tuple[str, str], Any],
    module: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", route.path):
        parameter = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        yield parameter | ({"description": _PARAMETERS[name]} if name in _PARAMETERS else {})
    if declaration.query:
        schema = _with_aliases(schemas[declaration.name, "query"], declaration.query)
        for name, field in schema.get("properties", {}).items():
            required = name in schema.get("required", [])
            yield {"name": name, "in": "query", "required": required, "schema": field}
    elif _is_list(module):
        for name, (text, kind) in _PAGING.items():
            yield {"name": name, "in": "query", "description": text, "schema": kind}
    if declaration.idempotent:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "For 24 hours the same key, path and body get the same answer.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }


def _is_list(module: Mapping[str, Any]) -> bool:
    return "read_page" in module or "paging" in module


def _with_aliases(schema: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """`schema`, inlined, telling the other names under which a field is taken."""
    from pydantic import AliasChoices

    properties = dict(schema.get("properties", {}))
    for name, field in model.model_fields.items():
        alias = field.validation_alias
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias] if alias else []
        names = [f"`{choice}`" for choice in choices if isinstance(choice, str) and choice != name]
        if names and name in properties:
            told = properties[name].get("description", "")
            note = f"{told} Also {' or '.join(names)}.".strip()
            properties[name] = {**properties[name], "description": note}
    return {**schema, "properties": properties} if properties else schema


def _errors(
    declaration: "Declaration", route: "Route", module: Mapping[str, Any]
) -> dict[str, type["HoshiError"]]:
    """The errors that this route may answer with, by their codes."""
    import shared.errors as known

    classes: set[type[HoshiError]] = {
        known.RateLimited, known.InternalError, known.DependencyUnavailable,
    }  # fmt: skip
    if declaration.auth != "none":
        classes.add(known.Unauthorized)
    if declaration.auth in ("token", "admin"):
        classes.add(known.EmailNotVerified)
    if declaration.auth == "admin":
        classes.add(known.AdminOnly)
    if declaration.body:
        classes |= {
            known.InvalidJson, known.InvalidInput, known.PayloadTooLarge,
            known.UnsupportedMediaType,
        }  # fmt: skip
    if declaration.query:
        classes.add(known.InvalidInput)
    if _is_list(module):
        classes |= {known.InvalidInput, known.InvalidCursor}
    if declaration.idempotent:
        classes |= {known.IdempotencyKeyReused, known.IdempotencyInProgress}
    codes = {f"{name.removesuffix('_id')}_not_found" for name in re.findall(r"{(\w+)}", route.path)}
    classes |= {kind for kind in error_classes() if kind.code in codes}
    classes |= {kind for kind in error_classes() if module.get(kind.__name__) is kind}
    return {kind.code: kind for kind in sorted(classes, key=lambda kind: (kind.status, kind.code))}


def error_classes() -> Iterator[type["HoshiError"]]:
    """Every class of shared/errors.py that stands for one error code."""
    import shared.errors as known

    for kind in vars(known).values():
        if isinstance(kind, type) and issubclass(kind, known.HoshiError) and "code" in vars(kind):
            yield kind


def _error_responses(errors: Mapping[str, type["HoshiError"]]) -> dict[str, Any]:
    by_status: dict[int, list[type[HoshiError]]] = {}
    for kind in errors.values():
        by_status.setdefault(kind.status, []).append(kind)
    extra = {405: ["Allow"], 429: ["Retry-After"], 503: ["Retry-After"]}
    return {
        str(status): {
            "description": " ".join(f"`{kind.code}`: {kind.sentence}" for kind in kinds),
            "headers": _headers(extra.get(status, [])),
            "content": {
                "application/json": {
                    "schema": {
                        "allOf": [{"$ref": _SCHEMAS.format(model="Error")}],
                        "properties": {"code": {"enum": [kind.code for kind in kinds]}},
                    }
                }
            },
        }
        for status, kinds in by_status.items()
    }


def _headers(more: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in [*_ON_EVERY_ANSWER, *more]}


def _error_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "The shape of every error.",
        "required": ["error", "code", "request_id"],
        "properties": {
            "error": {**text, "description": "A sentence for people."},
            "code": {**text, "enum": sorted({kind.code for kind in error_classes()})},
            "request_id": {**text, "description": "The same as the header X-Request-Id."},
            "details": {
                "type": "array",
                "description": "With `invalid_input` only: what is wrong with which field.",
                "items": {
                    "type": "object",
                    "required": ["field", "error"],
                    "properties": {"field": text, "error": text},
                },
            },
        },
    }


def _purpose(service: str) -> str:
    doc = importlib.import_module(service).__doc__ or ""
    return doc.partition(": ")[2].strip() or doc.strip()


def texts() -> dict[Path, str]:
    """What the generated file is to hold."""
    return {FILE: json.dumps(document(), indent=1, ensure_ascii=False) + "\n"}


if __name__ == "__main__":
    bring_up_to_date(texts(), "make openapi")
