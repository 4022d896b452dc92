"""The errors and headers of the OpenAPI document."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.errors import HoshiError
    from shared.http.requests import Declaration, Route

_SCHEMAS = "#/components/schemas/{model}"
_TEXTS = {
    "X-Request-Id": ("Identifies this request in our logs.", "string"),
    "X-RateLimit-Limit": ("Calls per hour in the budget with the fewest calls left.", "integer"),
    "X-RateLimit-Remaining": ("Calls left in that budget.", "integer"),
    "X-RateLimit-Reset": ("Unix seconds at which there will be more.", "integer"),
    "Retry-After": ("Seconds to wait before trying again.", "integer"),
    "Idempotent-Replayed": ("`true` if this repeats an earlier answer.", "string"),
    "Allow": ("The methods that this path supports.", "string"),
}
_ON_EVERY_ANSWER = list(_TEXTS)[:4]
HEADERS = {
    name: {"description": text, "schema": {"type": kind}} for name, (text, kind) in _TEXTS.items()
}


def errors_of(
    declaration: "Declaration", route: "Route", named: Collection[Any], is_list: bool
) -> list[type["HoshiError"]]:
    """The errors of a route: those that its declaration implies, and those `named` by its view or
    by the functions that the view calls."""
    import shared.errors as known

    classes: set[type[HoshiError]] = {
        known.RateLimited, known.InternalError, known.DependencyUnavailable,
    }  # fmt: skip
    if declaration.auth != "none":
        classes.add(known.Unauthorized)
    if declaration.auth not in ("none", "banned-ok"):
        classes.add(known.AccountBanned)
    if declaration.auth in ("token", "admin"):
        classes.add(known.EmailNotVerified)
    if declaration.auth == "admin":
        classes |= {known.AdminOnly, known.ReauthenticationRequired}
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
    classes |= {kind for kind in error_classes() if kind in named}
    if route.dialect == "socialhub":
        classes = {_of_socialhub(kind, named) for kind in classes}
    return sorted(classes, key=lambda kind: (kind.status, kind.code))


def _of_socialhub(kind: type["HoshiError"], named: Collection[Any]) -> type["HoshiError"]:
    """The class that the view answers in SocialHub's dialect: of another status, if it has one."""
    return next((each for each in named if kind in getattr(each, "__bases__", ())), kind)


def error_classes() -> Iterator[type["HoshiError"]]:
    """Every class of shared/errors.py with an error code."""
    import shared.errors as known

    for kind in vars(known).values():
        if isinstance(kind, type) and issubclass(kind, known.HoshiError) and "code" in vars(kind):
            yield kind


def responses_of(errors: Iterable[type["HoshiError"]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The responses of an operation by status, and the components that they refer to.

    They are components because most operations share them.
    """
    by_status: dict[int, list[type[HoshiError]]] = {}
    for kind in errors:
        by_status.setdefault(kind.status, []).append(kind)
    references, components = {}, {}
    for status, kinds in by_status.items():
        name = ".".join([str(status), *(kind.code for kind in kinds)])
        references[str(status)] = {"$ref": f"#/components/responses/{name}"}
        components[name] = _response(status, kinds)
    return references, components


def _response(status: int, kinds: list[type["HoshiError"]]) -> dict[str, Any]:
    extra = {405: ["Allow"], 429: ["Retry-After"], 503: ["Retry-After"]}
    schema = {
        "allOf": [{"$ref": _SCHEMAS.format(model="Error")}],
        "properties": {"code": {"enum": [kind.code for kind in kinds]}},
    }
    return {
        "description": " ".join(f"`{kind.code}`: {kind.sentence}" for kind in kinds),
        "headers": headers(extra.get(status, [])),
        "content": {"application/json": {"schema": schema}},
    }


def headers(more: Iterable[str]) -> dict[str, Any]:
    """References to the headers of every response, and to `more`."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in [*_ON_EVERY_ANSWER, *more]}


def error_schema() -> dict[str, Any]:
    """The schema of every error."""
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "The shape of every error.",
        "required": ["error", "code", "request_id"],
        "properties": {
            "error": {**text, "description": "A sentence for people."},
            "code": {**text, "enum": sorted({kind.code for kind in error_classes()})},
            "request_id": {**text, "description": "The same as the header X-Request-Id."},
            "appeal_token": {
                **text,
                "description": "Only with `account_banned`, at a log-in: a token for an appeal.",
            },
            "valid": {
                "const": False,
                "description": "Only of `GET /auth/verify-user`: the token is not good.",
            },
            "checks": {
                "type": "object",
                "description": "Only of `GET /health`: the state of each dependency.",
                "additionalProperties": {"enum": ["ok", "down"]},
            },
            "details": {"oneOf": [_field_details(), _rate_details()]},
        },
    }


def _field_details() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "array",
        "description": "Only with `invalid_input`: what is wrong with each field.",
        "items": {
            "type": "object",
            "required": ["field", "error"],
            "properties": {"field": text, "error": text},
        },
    }


def _rate_details() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "integer"}
    return {
        "type": "object",
        "description": "Only with `rate_limited`: the tier whose calls are used up, and "
        "whether the same call with a solved captcha may be made now.",
        "required": ["tier", "subject", "limit", "per_seconds", "captcha"],
        "properties": {
            "tier": text,
            "subject": {**text, "enum": ["ip", "account", "user"]},
            "limit": number,
            "per_seconds": number,
            "captcha": {"type": "boolean"},
        },
    }
