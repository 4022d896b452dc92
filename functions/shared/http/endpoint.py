"""`endpoint("posts")`: a Chalice app for one route, and everything that happens around its view.

The declaration next to the view gives method and path (with aliases), body and query, auth, rate
tier and whether `Idempotency-Key` is supported. From it follow authentication, rate limit,
validation, error bodies, headers, the one log line, the OpenAPI document and the gateway's routing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalice.app import Chalice, Response

from shared import observability
from shared.access.caller import caller_of
from shared.clock import now_ms
from shared.config import config
from shared.encoding import to_json
from shared.errors import CaptchaFailed, DependencyUnavailable, HoshiError, InternalError
from shared.http.admission import Admission
from shared.http.requests import (
    Answer,
    Auth,
    Declaration,
    Dialect,
    Request,
    Route,
    Tier,
    read_request,
)
from shared.parallel import beside

type Headers = dict[str, str | list[str]]
type View = Callable[[Request[Any, Any]], Any]

ANY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
EXPOSED_HEADERS = (
    "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, "
    "X-Quota-Limit, X-Quota-Remaining, X-Quota-Reset, Idempotent-Replayed, Allow, x-user-payload"
)


def endpoint(service: str) -> "Endpoint":
    """The app of one HTTP Lambda of `service`; its method `serve` decorates the view."""
    return Endpoint(service)


class Endpoint(Chalice):
    """A Chalice app with one view, which serves all its routes."""

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
        socialhub_answer: Any = None,
        status: int = 200,
        other_status: int | None = None,
        idempotent: bool = False,
        account: Callable[[Any], str | None] | None = None,
        takes_files: bool = False,
        gate_first: bool = False,
    ) -> Callable[[View], View]:
        """Declare the view of `route` ("POST /posts") and its aliases; returns the view unchanged.

        `also` are aliases, `socialhub` those in SocialHub's dialect. `answer` and
        `socialhub_answer` are the types of the 2xx body, for the OpenAPI document: of a text that
        is not JSON, `Annotated[str, "text/html"]`. `account` reads from a body the account that a
        sensitive call is about. `takes_files` allows forms, too. `other_status` is one that the
        view may answer with success instead of `status`: where it finds what it was to make, or
        redirects a browser. `gate_first` says that the view of a GET writes, so it may not run
        beside the gate.
        """

        def declare(view: View) -> View:
            routes = [_route(name, "canonical") for name in (route, *also)]
            routes += [_route(name, "socialhub") for name in socialhub]
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
                socialhub_answer=socialhub_answer,
                takes_files=takes_files,
                gate_first=gate_first,
                other_status=other_status,
            )
            for each in routes:
                methods = ANY_METHOD if each.method == "ANY" else [each.method]
                self.route(each.path, methods=methods, content_types=[])(self._handler(view, each))
            return view

        return declare

    def _handler(self, view: View, route: Route) -> Callable[..., Response]:
        def handle(**path: str) -> Response:
            assert self.current_request is not None  # noqa: S101  # Chalice sets it before
            event = self.current_request.to_original_event()
            context = self.lambda_context
            return answer_request(self.declaration, view, route, path, event, context)

        return handle


def _route(name: str, dialect: Dialect) -> Route:
    method, _, path = name.partition(" ")
    return Route(method, path, dialect)


def service_of(view: View) -> str:
    """The service of a view: the name of its package."""
    return view.__module__.partition(".")[0]


def answer_request(
    declaration: Declaration,
    view: View,
    route: Route,
    path: Mapping[str, str],
    event: dict[str, Any],
    context: Any = None,
) -> Response:
    """Check, validate, run the view; always one response with our headers and one log line."""
    observability.start_tracing()
    started = now_ms()
    call = _Call(declaration, view, route, path, event, context)
    try:
        status, text, headers = call.answer()
        why = {}
    except Exception as error:  # noqa: BLE001  # every failure has an answer
        problem = as_problem(error)
        status, headers = problem.status, call.headers(problem.headers)
        text, why = to_json(problem.body(call.id)), problem.log_fields()
    observability.log(
        "request",
        route=f"{route.method} {route.path}",
        status=status,
        ms=now_ms() - started,
        request_id=call.id,
        user_id=call.caller.user_id if call.caller else None,
        **why,
    )
    return Response(body=text, status_code=status, headers=headers)


class _Call:
    """One request while it is being answered."""

    def __init__(
        self,
        declaration: Declaration,
        view: View,
        route: Route,
        path: Mapping[str, str],
        event: dict[str, Any],
        context: Any,
    ) -> None:
        self.declaration = declaration
        self.view = view
        self.route = route
        self.path = path
        self.event = event
        self.context = context
        self.id: str = event["requestContext"]["requestId"]
        self.ip: str = event["requestContext"]["identity"]["sourceIp"]
        self.caller = None if declaration.auth == "none" else caller_of(event)
        self.admission = Admission(declaration, self.caller, self.ip)

    def answer(self) -> tuple[int, str, Headers]:
        """Status, body and headers of the response; raises every error."""
        self.admission.check_identity()
        if self.declaration.is_beside_gate(self.route):
            answer = beside(self.admission.pass_first_gate, self._run)
        else:
            self.admission.pass_first_gate()
            answer = self._run()
        text = answer.body if isinstance(answer.body, str) else to_json(answer.body)
        return answer.status or self.declaration.status, text, self.headers(answer.headers)

    def _run(self) -> Answer:
        """What the view answers to a caller who has the rights, and to a request that is valid."""
        self.admission.check_rights()
        try:
            request = read_request(
                self.declaration,
                self.route,
                self.path,
                self.event,
                known_caller=self.caller,
                context=self.context,
            )
        except HoshiError as error:
            raise self.admission.refusal_or(error) from error
        request.needs_captcha = self.admission.pass_account_gate(request.body)
        try:
            return _run(self.view, request)
        except CaptchaFailed:
            self.admission.uncount_account()
            raise

    def headers(self, own: Mapping[str, str]) -> Headers:
        """The headers of every response, and those of this one."""
        return {
            "Access-Control-Allow-Origin": config.allowed_origin,
            "Access-Control-Expose-Headers": EXPOSED_HEADERS,
            "Cache-Control": "no-store",
            "Content-Type": "application/json",
            "X-Content-Type-Options": "nosniff",
            "X-Request-Id": self.id,
            **self.admission.headers(),
            **own,
        }


def _run(view: View, request: Request[Any, Any]) -> Answer:
    if request.declaration.idempotent and "idempotency-key" in request.headers:
        from shared.http.idempotency import run_once

        return run_once(view, request)
    given = view(request)
    return given if isinstance(given, Answer) else Answer(given)


def as_problem(error: Exception) -> HoshiError:
    """`error`, which is being handled, as one of docs/api.md; logged unless a client caused it."""
    if isinstance(error, HoshiError):
        return error
    from shared.transient import is_transient

    observability.log_failure("failure")
    return DependencyUnavailable(retry_after="5") if is_transient(error) else InternalError()
