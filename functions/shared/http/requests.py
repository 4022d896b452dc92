"""What a route declares, and the request and answer of its view."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from shared.access.caller import Caller
from shared.errors import InvalidInput, InvalidJson, PayloadTooLarge, UnsupportedMediaType

if TYPE_CHECKING:
    from shared.http.fields import Body
    from shared.http.multipart import File
    from shared.http.queries import Query

type Auth = Literal["none", "token", "unverified-ok", "banned-ok", "admin"]
type Tier = Literal["sensitive", "registration", "refresh", "user", "public", "signed"]
type Dialect = Literal["canonical", "socialhub"]

_MAX_DETAILS = 50
_is_name = re.compile(r"[A-Za-z0-9_.\[\]-]{1,64}").fullmatch
MAX_BODY = 262_144  # bytes of a JSON body (docs/api.md section 7)
MAX_FORM = 4_500_000  # bytes of a form with files


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path, and the dialect of its answers."""

    method: str
    path: str
    dialect: Dialect = "canonical"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the declaration next to a view says: the source of validation, rate limit, answers,
    `infra/api.yaml` and the OpenAPI document."""

    service: str
    name: str
    summary: str
    routes: tuple[Route, ...]
    auth: Auth
    tier: Tier
    body: "type[Body] | None"
    query: "type[Query] | None"
    answer: Any
    status: int
    idempotent: bool
    account: Callable[[Any], str | None] | None
    socialhub_answer: Any = None
    takes_files: bool = False
    gate_first: bool = False
    other_status: int | None = None

    def is_beside_gate(self, route: Route) -> bool:
        """Whether the view of `route` runs at the same time as the gate that admits the call: it
        only reads, so a refused call has done nothing."""
        return route.method == "GET" and self.tier == "user" and not self.gate_first

    def __post_init__(self) -> None:
        if self.body:
            self.body.model_rebuild()  # now, not with the first request

    @property
    def takes_captcha(self) -> bool:
        """Whether the body has the field `captcha_token`, which the view verifies."""
        return bool(self.body and "captcha_token" in self.body.model_fields)


@dataclass(slots=True)
class Request[B = None, Q = None]:
    """A request that passed every check, for its view."""

    declaration: Declaration
    route: Route
    path: dict[str, str]
    body: B
    query: Q
    ip: str
    id: str
    headers: Mapping[str, str]
    parameters: Mapping[str, str]
    known_caller: Caller | None = None
    context: Any = None  # of the Lambda: gives the time left
    files: "Sequence[File]" = ()  # of a form, if the view takes files
    needs_captcha: bool = False  # it was admitted for its captcha, which is not verified yet

    @property
    def caller(self) -> Caller:
        """The caller. Only for routes whose auth is not `none`."""
        if self.known_caller is None:
            raise LookupError(f"{self.declaration.name} has no authorizer, so no caller")
        return self.known_caller

    @property
    def accept_language(self) -> str:
        """The header Accept-Language: for `shared.translations` and `users.public.recipient`."""
        return self.headers.get("accept-language", "")

    @property
    def is_socialhub(self) -> bool:
        """Whether to answer in SocialHub's dialect."""
        return self.route.dialect == "socialhub"


@dataclass(slots=True)
class Answer:
    """An answer with a status or headers of its own."""

    body: Any
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


def read_request(
    declaration: Declaration,
    route: Route,
    path: Mapping[str, str],
    event: Mapping[str, Any],
    **more: Any,
) -> "Request[Any, Any]":
    """The request of a proxy event, with `more` of its fields; raises what `read_form`, `read_json`
    and `validated` raise."""
    headers = {name.lower(): value for name, value in (event["headers"] or {}).items()}
    values = event["multiValueQueryStringParameters"] or {}
    parameters = {name: given[-1] for name, given in values.items() if given}
    body, query = declaration.body, declaration.query
    given: Mapping[str, Any] = {}
    files: Sequence[Any] = ()
    if declaration.takes_files and is_form(headers):
        given, files = read_form(event, headers)
    elif body:
        given = read_json(event, headers)
    return Request(
        declaration=declaration,
        route=route,
        path=dict(path),
        body=validated(body, given) if body else None,
        query=query(parameters) if query else None,
        ip=event["requestContext"]["identity"]["sourceIp"],
        id=event["requestContext"]["requestId"],
        headers=headers,
        parameters=parameters,
        files=files,
        **more,
    )


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether the body is a form (`multipart/form-data`)."""
    return _type_of(headers) == "multipart/form-data"


def read_form(
    event: Mapping[str, Any], headers: Mapping[str, str]
) -> "tuple[dict[str, str], list[File]]":
    """The fields and files of a form; raises `PayloadTooLarge` or `InvalidInput`."""
    from shared.http.multipart import parse_form

    raw = _raw_body(event, MAX_FORM)
    return parse_form(raw.encode() if isinstance(raw, str) else raw, headers["content-type"])


def read_json(event: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object in the body; `{}` if there is no body.

    Raises `PayloadTooLarge`, `UnsupportedMediaType` or `InvalidJson`.
    """
    raw = _raw_body(event, MAX_BODY)
    if not raw:
        return {}
    if _type_of(headers) != "application/json":
        raise UnsupportedMediaType
    try:
        text = raw if isinstance(raw, str) else raw.decode()
        parsed = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidJson from error
    if not isinstance(parsed, dict):
        raise InvalidJson
    return parsed


def _type_of(headers: Mapping[str, str]) -> str:
    given = headers.get("content-type") or "application/json"
    return given.partition(";")[0].strip().lower()


def _raw_body(event: Mapping[str, Any], maximum: int) -> str | bytes:
    body: str = event.get("body") or ""
    if event.get("isBase64Encoded"):
        import base64

        try:
            raw = base64.b64decode(body, validate=True)
        except ValueError as error:
            raise InvalidJson from error
        if len(raw) > maximum:
            raise _too_large(maximum)
        return raw
    # A character has at most four bytes: only longer texts must be encoded to count them.
    if len(body) > maximum // 4 and len(body.encode(errors="surrogatepass")) > maximum:
        raise _too_large(maximum)
    return body


def _too_large(maximum: int) -> PayloadTooLarge:
    more = " Upload larger files by /media/upload-url." if maximum == MAX_FORM else ""
    return PayloadTooLarge(f"The request body can have at most {maximum:,} bytes.{more}")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")  # but Python would accept NaN and Infinity


def _place(part: int | str) -> str:
    """A part of a field's place as it is sent back: the key of an object is a client's own text."""
    text = str(part)
    return text if _is_name(text) else "?"


def validated[M](model: type[M], values: Mapping[str, Any]) -> M:
    """`values` as the pydantic `model`; raises `InvalidInput` with each field that is not valid."""
    from pydantic import BaseModel, ValidationError

    assert issubclass(model, BaseModel)  # noqa: S101  # for the type checker
    try:
        return model.model_validate(values)
    except ValidationError as error:
        # Without the input and the cause: both may contain a password.
        problems = error.errors(include_input=False, include_url=False, include_context=False)
    details = [
        (
            ".".join(map(_place, problem["loc"])) or "body",
            problem["msg"].removeprefix("Value error, "),
        )
        for problem in problems[:_MAX_DETAILS]
    ]
    raise InvalidInput(*details)
