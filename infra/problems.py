"""Errors and headers of the OpenAPI document."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.errors import HoshiError
    from shared.requests import Declaration, Route

_SCHEMAS = "#/components/schemas/{model}"
_TEXTS = {
    "X-Request-Id": ("Names this request in our logs.", "string"),
    "X-RateLimit-Limit": ("Calls an hour in the tightest of the budgets.", "integer"),
    "X-RateLimit-Remaining": ("Calls that are left in it.", "integer"),
    "X-RateLimit-Reset": ("Unix seconds at which more will be there.", "integer"),
    "Retry-After": ("Seconds after which trying again is right.", "integer"),
    "Idempotent-Replayed": ("`true` if an earlier answer is given again.", "string"),
    "Allow": ("The methods that this path has.", "string"),
}
_ON_EVERY_ANSWER = list(_TEXTS)[:4]
HEADERS = {
    name: {"description": text, "schema": {"type": kind}} for name, (text, kind) in _TEXTS.items()
}


def errors_of(
    declaration: "Declaration", route: "Route", is_list: bool, module: Mapping[str, Any]
) -> dict[str, type["HoshiError"]]:
    """The errors that this route may answer with, by their codes: those that its declaration
    implies, and those whose classes its module uses."""
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
    if is_list:
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


def error_responses(errors: Mapping[str, type["HoshiError"]]) -> dict[str, Any]:
    """The answers of an operation with these errors, by their statuses."""
    by_status: dict[int, list[type[HoshiError]]] = {}
    for kind in errors.values():
        by_status.setdefault(kind.status, []).append(kind)
    extra = {405: ["Allow"], 429: ["Retry-After"], 503: ["Retry-After"]}
    return {
        str(status): {
            "description": " ".join(f"`{kind.code}`: {kind.sentence}" for kind in kinds),
            "headers": headers(extra.get(status, [])),
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


def headers(more: Iterable[str]) -> dict[str, Any]:
    """References to the headers of every answer, and to `more`."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in [*_ON_EVERY_ANSWER, *more]}


def error_schema() -> dict[str, Any]:
    """The one shape of errors."""
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
