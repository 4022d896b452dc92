"""`endpoint("posts")`: a Chalice app for one route, and everything that happens around its view.

The declaration next to the view says method and path (with aliases), body and query, auth, rate
tier and whether an `Idempotency-Key` counts. From it come identity, gate, validation, error bodies,
headers, the request's one log line, the OpenAPI document and the gateway's routing.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalice.app import Chalice, Response

from shared import gate, observability
from shared.caller import Caller, caller_of
from shared.clock import now_ms
from shared.config import config
from shared.errors import (
    AdminOnly,
    DependencyUnavailable,
    EmailNotVerified,
    HoshiError,
    InternalError,
    Unauthorized,
)
from shared.requests import Answer, Auth, Declaration, Request, Route, Tier, read_json, validated

type View = Callable[[Request[Any, Any]], Any]

ANY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
EXPOSED_HEADERS = (
    "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, "
    "Idempotent-Replayed, Allow, x-user-payload"
)
# What AWS says when it cannot serve a call now, as against what we asked wrongly.
_BUSY = {
    "InternalServerError",
    "InternalFailure",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TransactionInProgressException",
}


def endpoint(service: str) -> "Endpoint":
    """The app of one HTTP Lambda of `service`; its `serve` decorates the view."""
    return Endpoint(service)


class Endpoint(Chalice):
    """A Chalice app with exactly one view, whose routes all lead to it."""

    declaration: Declaration

    def __init__(self, service: str) -> None:
        super().__init__(service, configure_logs=False)

    def serve(
        self,
        route: str,
        *,
        also: Iterable[str] = (),
        socialhub: Iterable[str] = (),
        auth: Auth = "token",
        tier: Tier = "user",
        body: Any = None,
        query: Any = None,
        answer: Any = None,
        status: int = 200,
        idempotent: bool = False,
        account: Callable[[Any], str | None] | None = None,
    ) -> Callable[[View], View]:
        """Declare the view of `route` ("POST /posts") and of its other names; returns it unchanged.

        `socialhub` routes answer in that dialect. `answer` is the type of the 2xx body, for the
        OpenAPI document. `account` gives, from a body, the account that a sensitive call is about.
        """

        def declare(view: View) -> View:
            routes = [Route(*name.split(" ", 1)) for name in (route, *also)]
            routes += [Route(*name.split(" ", 1), "socialhub") for name in socialhub]
            self.declaration = Declaration(
                service=service_of(view),
                name=view.__name__,
                summary=(view.__doc__ or "").strip(),
                routes=tuple(routes),
                auth=auth,
                tier=tier,
                body=body,
                query=query,
                answer=answer,
                status=status,
                idempotent=idempotent,
                account=account,
            )
            for each in routes:
                methods = ANY_METHOD if each.method == "ANY" else [each.method]
                self.route(each.path, methods=methods, content_types=[])(self._handler(view, each))
            return view

        return declare

    def _handler(self, view: View, route: Route) -> Callable[..., Response]:
        def handle(**path: str) -> Response:
            return answer_request(self.declaration, view, route, path, self._event())

        return handle

    def _event(self) -> dict[str, Any]:
        assert self.current_request is not None  # noqa: S101  # Chalice sets it before the view
        event: dict[str, Any] = self.current_request.to_original_event()
        return event


def service_of(view: View) -> str:
    """The service that a view belongs to: the name of its package."""
    return view.__module__.partition(".")[0]


def answer_request(
    declaration: Declaration,
    view: View,
    route: Route,
    path: Mapping[str, str],
    event: dict[str, Any],
) -> Response:
    """Identity, gate, validation, view; whatever happens, one answer with our headers and one log
    line."""
    observability.start_tracing()
    started = now_ms()
    request_id = event["requestContext"]["requestId"]
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    caller = None if declaration.auth == "none" else caller_of(event)
    extra = {"X-Request-Id": request_id, **_common_headers()}
    code = None
    admission = _Admission(declaration, caller, event["requestContext"]["identity"]["sourceIp"])
    try:
        admission.check_identity()
        admission.pass_first_gate()
        request = _read(declaration, route, path, event, headers, caller)
        admission.pass_account_gate(request.body)
        extra.update(admission.headers())
        answer = _run(view, request)
        status, body = answer.status or declaration.status, answer.body
        extra.update(answer.headers)
    except Exception as error:
        problem = as_problem(error)
        status, code, body = problem.status, problem.code, problem.body(request_id)
        extra.update({**admission.headers(), **problem.headers})
    observability.log(
        "request",
        route=f"{route.method} {route.path}",
        status=status,
        code=code,
        ms=now_ms() - started,
        request_id=request_id,
        user_id=caller.user_id if caller else None,
    )
    if not isinstance(body, str):
        body = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        extra.setdefault("Content-Type", "application/json")
    return Response(body=body, status_code=status, headers=extra)


class _Admission:
    """Whether this caller may make this call now."""

    def __init__(self, declaration: Declaration, caller: Caller | None, ip: str) -> None:
        self.declaration = declaration
        self.caller = caller
        self.ip = ip
        self.allowances: list[gate.Allowance] = []

    def check_identity(self) -> None:
        auth, caller = self.declaration.auth, self.caller
        if auth == "none":
            return
        if caller is None:
            raise Unauthorized
        if auth in ("token", "admin") and caller.scope != "full":
            raise EmailNotVerified
        if auth == "admin" and caller.role != "admin":
            raise AdminOnly

    def pass_first_gate(self) -> None:
        """The caller's hour, or the address's; and in any case: is the session alive?"""
        if self.declaration.tier == "user" and self.caller:
            self._admit(gate.user_gate(self.caller.user_id), self.caller.session_id)
            return
        if self.caller and not gate.is_session_alive(self.caller.user_id, self.caller.session_id):
            raise Unauthorized
        parameter, scope = "RatePublic", "public"
        if self.declaration.tier == "sensitive":
            parameter, scope = "RateSensitive", self.declaration.name
        self._admit(gate.Budget(gate.ip_subject(self.ip), scope, gate.scaled_limit(parameter)))

    def pass_account_gate(self, body: Any) -> None:
        """A sensitive call also counts on the account that it is about."""
        if self.declaration.tier != "sensitive":
            return
        subject = f"user#{self.caller.user_id}" if self.caller else None
        if subject is None and self.declaration.account:
            named = self.declaration.account(body)
            subject = f"account#{_fingerprint(named)}" if named else None
        if subject:
            limit = gate.scaled_limit("RateSensitive")
            self._admit(gate.Budget(subject, self.declaration.name, limit))

    def _admit(self, budget: gate.Budget, session_id: str | None = None) -> None:
        self.allowances.append(gate.admit(budget, session_id))

    def headers(self) -> dict[str, str]:
        """The `X-RateLimit-*` headers of the tightest budget."""
        if not self.allowances:
            return {}
        return min(self.allowances, key=lambda allowance: allowance.remaining).headers()


def _read(
    declaration: Declaration,
    route: Route,
    path: Mapping[str, str],
    event: dict[str, Any],
    headers: Mapping[str, str],
    caller: Caller | None,
) -> Request[Any, Any]:
    values = event.get("multiValueQueryStringParameters") or {}
    parameters = {name: given[-1] for name, given in values.items() if given}
    return Request(
        declaration=declaration,
        route=route,
        path=dict(path),
        body=validated(declaration.body, read_json(event, headers)) if declaration.body else None,
        query=validated(declaration.query, parameters) if declaration.query else None,
        ip=event["requestContext"]["identity"]["sourceIp"],
        id=event["requestContext"]["requestId"],
        headers=headers,
        parameters=parameters,
        known_caller=caller,
    )


def _run(view: View, request: Request[Any, Any]) -> Answer:
    if request.declaration.idempotent and "idempotency-key" in request.headers:
        from shared.idempotency import run_once

        return run_once(view, request)
    given = view(request)
    return given if isinstance(given, Answer) else Answer(given)


def as_problem(error: Exception) -> HoshiError:
    """`error` as the answer that api.md gives for it; what is not a client's doing is logged."""
    if isinstance(error, HoshiError):
        return error
    from botocore.exceptions import BotoCoreError, ClientError
    from pynamodb.exceptions import PynamoDBException

    cause = error.cause if isinstance(error, PynamoDBException) else error
    observability.log_failure("failure")
    if isinstance(cause, ClientError) and cause.response["Error"]["Code"] not in _BUSY:
        return InternalError()
    if isinstance(cause, (BotoCoreError, ClientError)):
        return DependencyUnavailable(Retry_After="5")
    return InternalError()


def _common_headers() -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": config.allowed_origin,
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


def _fingerprint(account: str) -> str:
    """A named account as a key that does not tell it."""
    import hashlib

    return hashlib.sha256(account.strip().casefold().encode()).hexdigest()[:32]
