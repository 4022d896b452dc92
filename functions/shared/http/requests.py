"""What a route declares, and what its view is given."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from shared.access.caller import Caller
from shared.errors import InvalidInput, InvalidJson, PayloadTooLarge, UnsupportedMediaType

if TYPE_CHECKING:
    from shared.http.fields import Body, Query
    from shared.http.multipart import File

type Auth = Literal["none", "token", "unverified-ok", "admin"]
type Tier = Literal["sensitive", "user", "public", "signed"]
type Dialect = Literal["canonical", "socialhub"]

_MAX_DETAILS = 50
MAX_BODY = 262_144  # bytes of a JSON body (docs/api.md section 7)
MAX_FORM = 4_500_000  # bytes of a form with files


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path, and the dialect that it speaks."""

    method: str
    path: str
    dialect: Dialect = "canonical"


@dataclass(frozen=True, slots=True)
class Declaration:
    """All that a view says about itself next to its function: the source of validation, gate,
    answers, `infra/api.yaml` and the OpenAPI document."""

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

    def __post_init__(self) -> None:
        for model in (self.body, self.query):
            if model:
                model.model_rebuild()  # now, and not with the first request


@dataclass(slots=True)
class Request[B = None, Q = None]:
    """A request whose caller, rate, body and query were found good."""

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
    context: Any = None  # Lambda's, for the time that is left
    files: "Sequence[File]" = ()  # of a form, where the view takes files

    @property
    def caller(self) -> Caller:
        """Who calls. Only for routes whose auth is not `none`."""
        if self.known_caller is None:
            raise LookupError(f"{self.declaration.name} has no authorizer and so no caller")
        return self.known_caller

    @property
    def is_socialhub(self) -> bool:
        """Whether the answer is to be in SocialHub's dialect."""
        return self.route.dialect == "socialhub"


@dataclass(slots=True)
class Answer:
    """An answer that is more than a dictionary with the declared status."""

    body: Any
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether the body is a form with files."""
    return _type_of(headers) == "multipart/form-data"


def read_form(
    event: Mapping[str, Any], headers: Mapping[str, str]
) -> "tuple[dict[str, str], list[File]]":
    """The fields and files of a form."""
    from shared.http.multipart import parse_form

    raw = _raw_body(event, MAX_FORM)
    return parse_form(raw.encode() if isinstance(raw, str) else raw, headers["content-type"])


def read_json(event: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """The body's JSON object; `{}` if there is no body."""
    raw = _raw_body(event, MAX_BODY)
    if not raw:
        return {}
    if _type_of(headers) != "application/json":
        raise UnsupportedMediaType
    try:
        parsed = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidJson from error
    if not isinstance(parsed, dict):
        raise InvalidJson
    return parsed


def _type_of(headers: Mapping[str, str]) -> str:
    given = headers.get("content-type") or "application/json"
    return given.partition(";")[0].strip().lower()


def _raw_body(event: Mapping[str, Any], most: int) -> str | bytes:
    body: str = event.get("body") or ""
    if event.get("isBase64Encoded"):
        import base64

        try:
            raw = base64.b64decode(body, validate=True)
        except ValueError as error:
            raise InvalidJson from error
        if len(raw) > most:
            raise _too_large(most)
        return raw
    # Only a text near the bound need be encoded to know its bytes.
    if len(body) > most // 4 and len(body.encode(errors="surrogatepass")) > most:
        raise _too_large(most)
    return body


def _too_large(most: int) -> PayloadTooLarge:
    more = " Bring larger files by /media/upload-url." if most == MAX_FORM else ""
    return PayloadTooLarge(f"The body may have {most:,} bytes.{more}")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")  # though Python reads NaN and Infinity


def validated[M](model: type[M], values: Mapping[str, Any]) -> M:
    """`values` as the pydantic `model`; raises `InvalidInput` naming each field that breaks a
    bound."""
    from pydantic import BaseModel, ValidationError

    assert issubclass(model, BaseModel)  # noqa: S101  # tells the type checker what callers pass
    try:
        return model.model_validate(values)
    except ValidationError as error:
        # Neither the input nor the cause: both may hold a password.
        problems = error.errors(include_input=False, include_url=False, include_context=False)
    details = [
        (
            ".".join(str(part) for part in problem["loc"]) or "body",
            problem["msg"].removeprefix("Value error, "),
        )
        for problem in problems[:_MAX_DETAILS]
    ]
    raise InvalidInput(*details)
