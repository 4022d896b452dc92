"""`make openapi`: writes functions/web/openapi.json, the HTTP API as an OpenAPI 3.1 document.

It comes from the same declarations as the routing: bodies, queries and answers from their types,
errors from what a declaration implies and what its view names.
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
from infra.problems import HEADERS, error_schema, errors_of, headers, responses_of
from infra.routes import http_lambdas

if TYPE_CHECKING:
    from shared.requests import Declaration, Route

FILE = ROOT / "functions" / "web" / "openapi.json"
_SCHEMAS = "#/components/schemas/{model}"
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
    responses: dict[str, Any] = {}
    for service, module, declaration in lambdas:
        code = importlib.import_module(f"{service}.{module}")
        for number, route in enumerate(declaration.routes):
            if route.method == "ANY":
                continue
            operation, shared = _operation(declaration, route, number, schemas, vars(code))
            responses |= shared
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
            "headers": HEADERS,
            "responses": dict(sorted(responses.items())),
            "schemas": {"Error": error_schema(), **dict(sorted(models.items()))},
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
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The operation, and the responses that it refers to."""
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
        "headers": headers(["Idempotent-Replayed"] if declaration.idempotent else []),
    }
    if route.dialect == "socialhub":
        success["description"] = "Success, with the fields that SocialHub's document gives."
    elif declaration.answer is not None:
        schema = schemas[declaration.name, "answer"]
        success["content"] = {"application/json": {"schema": schema}}
    errors = errors_of(declaration, route, is_list=_is_list(module), module=module)
    references, components = responses_of(errors)
    operation["responses"] = {str(declaration.status): success, **references}
    return operation, components


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


def _purpose(service: str) -> str:
    doc = importlib.import_module(service).__doc__ or ""
    return doc.partition(": ")[2].strip() or doc.strip()


def texts() -> dict[Path, str]:
    """What the generated file is to hold."""
    return {FILE: json.dumps(document(), indent=1, ensure_ascii=False) + "\n"}


if __name__ == "__main__":
    bring_up_to_date(texts(), "make openapi")
