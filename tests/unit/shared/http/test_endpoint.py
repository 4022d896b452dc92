"""One route from its event to its answer: permissions, rates, errors and the log."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, NoReturn

import pytest
from pydantic import TypeAdapter

from shared import clock, errors
from shared.access.budgets import Budget
from shared.access.caller import Caller
from shared.access.rate_limits import admit, user_budget
from shared.access.revocation import end_session
from shared.aws.clients import client
from shared.dynamodb.conditions import WriteConflict
from shared.dynamodb.tables import transaction
from shared.http.endpoint import Endpoint, endpoint
from shared.http.fields import Body, GivenPassword, text
from shared.http.queries import ListQuery
from shared.http.requests import Answer, Request
from shared.ids import new_id
from tests.bench.memory import noted
from tests.support.gateway import IP, REQUEST_ID, LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import Log

NOON = 1_767_614_400.0
SECRET = "correct horse battery staple"


class Greeting(Body):
    """A body with a secret."""

    content: Annotated[str, text(1, 10)]
    password: GivenPassword | None = None


class Reply:
    """An answer as a client sees it."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.status: int = given["statusCode"]
        self.headers: dict[str, str] = given["headers"]
        self.text: str = given["body"]

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> Any:
        assert set(self.body) - {"details"} == {"error", "code", "request_id"}
        assert self.body["request_id"] == self.headers["X-Request-Id"] == REQUEST_ID
        return self.body["code"]


def serve(view: Callable[[Request[Any, Any]], Any], **declared: Any) -> Endpoint:
    """An endpoint whose one route is served by `view`."""
    app = endpoint("posts")

    def greet_post(request: Request[Any, Any]) -> Any:
        return view(request)

    app.serve("POST /posts/{post_id}/greet", **declared)(greet_post)
    return app


def call(app: Endpoint, route: str = "POST /posts/{post_id}/greet", **event: Any) -> Reply:
    event.setdefault("path", {"post_id": "p"})
    return Reply(app(gateway_event(route, **event), LambdaContext()))


def greet(request: Request[Any, Any]) -> dict[str, Any]:
    """Greet a post."""
    return {"greeted": request.path["post_id"]}


def failing(error: BaseException) -> Callable[[Request[Any, Any]], NoReturn]:
    def view(request: Request[Any, Any]) -> NoReturn:
        raise error

    return view


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, log: Log, noon: float) -> None:
    """AWS in memory, a log to read, and a stopped clock."""


def test_a_view_is_answered_with_every_header(caller: Caller) -> None:
    reply = call(serve(greet), caller=caller)
    assert (reply.status, reply.body) == (200, {"greeted": "p"})
    assert reply.headers == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": (
            "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
            "Retry-After, X-Quota-Limit, X-Quota-Remaining, X-Quota-Reset, "
            "Idempotent-Replayed, Allow, x-user-payload"
        ),
        "Cache-Control": "no-store",
        "Content-Type": "application/json",
        "X-Content-Type-Options": "nosniff",
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "999",
        "X-RateLimit-Reset": str(int(NOON) + 3600),
        "X-Request-Id": REQUEST_ID,
    }


def test_a_view_gets_all_of_its_request(caller: Caller) -> None:
    requests: list[Request[Any, Any]] = []
    app = serve(requests.append, body=Greeting, query=ListQuery)
    event = {
        "body": {"content": " hi "},
        "query": {"limit": "5", "q": "x"},
        "headers": {"X-Custom": "1"},
    }
    assert call(app, caller=caller, **event).status == 200
    (request,) = requests
    assert request.body == Greeting(content="hi")
    assert request.query.values == {"limit": 5, "page_size": None, "cursor": None}
    assert request.parameters == {"limit": "5", "q": "x"}
    assert (request.caller, request.ip, request.id) == (caller, IP, REQUEST_ID)
    assert request.headers["x-custom"] == "1"
    assert request.context == LambdaContext()


def test_a_body_is_utf8_and_compact(caller: Caller) -> None:
    assert call(serve(lambda _: {"a": ["ü", 1]}), caller=caller).text == '{"a":["ü",1]}'


def test_the_declared_status_counts_unless_the_answer_has_its_own(caller: Caller) -> None:
    assert call(serve(greet, status=201), caller=caller).status == 201
    own = serve(lambda _: Answer({}, 202, {"Location": "/x"}), status=201)
    reply = call(own, caller=caller)
    assert (reply.status, reply.headers["Location"]) == (202, "/x")


def test_a_text_is_answered_as_it_is_with_its_type(caller: Caller) -> None:
    html = Answer("<p>ü</p>", headers={"Content-Type": "text/html; charset=utf-8"})
    reply = call(serve(lambda _: html), caller=caller)
    assert reply.text == "<p>ü</p>"
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"


def test_each_route_speaks_its_dialect(caller: Caller) -> None:
    app = serve(
        lambda request: {"socialhub": request.is_socialhub},
        also=["PUT /posts/{post_id}/greet"],
        socialhub=["POST /api/v1/posts/{post_id}/greet"],
    )
    dialects = {
        f"{route.method} {route.path}": call(
            app, f"{route.method} {route.path}", caller=caller
        ).body["socialhub"]
        for route in app.declaration.routes
    }
    assert dialects == {
        "POST /posts/{post_id}/greet": False,
        "PUT /posts/{post_id}/greet": False,
        "POST /api/v1/posts/{post_id}/greet": True,
    }


# ── Permissions ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("auth", "scope", "role", "expected"),
    [
        ("token", "full", "user", None),
        ("token", "unverified", "user", "email_not_verified"),
        ("token", "unverified", "admin", "email_not_verified"),
        ("unverified-ok", "full", "user", None),
        ("unverified-ok", "unverified", "user", None),
        ("unverified-ok", "banned", "user", "account_banned"),
        ("token", "banned", "user", "account_banned"),
        ("admin", "banned", "admin", "account_banned"),
        ("banned-ok", "full", "user", None),
        ("banned-ok", "unverified", "user", None),
        ("banned-ok", "banned", "user", None),
        ("admin", "full", "admin", None),
        ("admin", "full", "user", "admin_only"),
        ("admin", "unverified", "admin", "email_not_verified"),
    ],
)
def test_scope_and_role_decide(
    caller: Caller, auth: str, scope: str, role: str, expected: str | None
) -> None:
    reply = call(serve(greet, auth=auth), caller=replace(caller, scope=scope, role=role))
    if expected is None:
        assert reply.status == 200
    else:
        assert (reply.status, reply.code) == (403, expected)
    assert reply.headers["X-RateLimit-Remaining"] == "999", "a refused call counts"


@pytest.mark.parametrize("auth", ["token", "unverified-ok", "admin"])
@pytest.mark.parametrize("age", [12 * 3600 - 60, 12 * 3600 + 60])
def test_acts_of_administrators_need_a_fresh_session(caller: Caller, auth: str, age: int) -> None:
    """It is refused before the body is read, which is none."""
    old = replace(caller, role="admin", authenticated_at=int(clock.now()) - age)
    reply = call(serve(greet, auth=auth), caller=old)
    if auth == "admin" and age > 12 * 3600:
        assert (reply.status, reply.code) == (403, "reauthentication_required")
        assert reply.headers["X-RateLimit-Remaining"] == "999", "a refused call counts"
    else:
        assert reply.status == 200


@pytest.mark.parametrize("auth", ["token", "unverified-ok", "banned-ok", "admin"])
def test_without_an_authorizer_every_call_is_refused(auth: str) -> None:
    reply = call(
        serve(greet, auth=auth),
        headers={"Authorization": "Bearer forged", "user_id": "x", "X-User-Payload": "x"},
    )
    assert (reply.status, reply.code) == (401, "unauthorized")


def test_a_token_is_ignored_where_none_is_needed(caller: Caller) -> None:
    requests: list[Request[Any, Any]] = []
    app = serve(requests.append, auth="none", tier="public")
    assert call(app, caller=caller).status == 200
    assert requests[0].known_caller is None
    with pytest.raises(LookupError):
        _ = requests[0].caller


@pytest.mark.parametrize("auth", ["token", "admin"])
@pytest.mark.parametrize("tier", ["user", "public", "sensitive"])
def test_an_ended_session_is_refused_in_every_tier(caller: Caller, tier: str, auth: str) -> None:
    with transaction() as write:
        end_session(write, caller.user_id, caller.session_id)
    reply = call(serve(greet, tier=tier, auth=auth), caller=caller)
    assert (reply.status, reply.code) == (401, "unauthorized")


# ── The gate beside the view ──────────────────────────────────────────────────────────────────────

GET = "GET /posts/{post_id}/greeting"


def serve_get(view: Callable[[Request[Any, Any]], Any], **declared: Any) -> Endpoint:
    """An endpoint with a route that reads, and one that writes."""
    app = endpoint("posts")

    def get_greeting(request: Request[Any, Any]) -> Any:
        return view(request)

    app.serve(GET, also=("POST /posts/{post_id}/greet",), **declared)(get_greeting)
    return app


def steps_of(app: Endpoint, route: str, caller: Caller) -> list[tuple[str, int]]:
    call(app, route, caller=caller)  # opens the hour of the rate limit
    with noted(client("dynamodb")) as calls:
        assert call(app, route, caller=caller).status == 200
    return sorted((each.operation, each.step) for each in calls)


def test_a_get_reads_while_its_caller_is_checked(caller: Caller) -> None:
    def read(_: Request[Any, Any]) -> dict[str, Any]:
        client("dynamodb").get_item(TableName="hoshi-posts", Key={"post_id": {"S": "p"}})
        return {}

    beside, before = [("GetItem", 1), ("UpdateItem", 1)], [("GetItem", 2), ("UpdateItem", 1)]
    assert steps_of(serve_get(read), GET, caller) == beside
    assert steps_of(serve_get(read), "POST /posts/{post_id}/greet", caller) == before
    assert steps_of(serve_get(read, gate_first=True), GET, caller) == before


@pytest.mark.parametrize(
    "view", [greet, failing(errors.PostNotFound()), failing(RuntimeError("a bug"))]
)
@pytest.mark.parametrize("scope", ["full", "unverified", "banned"])
def test_the_gate_answers_whatever_the_view_does(
    caller: Caller, log: Log, view: Any, scope: str
) -> None:
    refused = replace(caller, scope=scope)
    with transaction() as write:
        end_session(write, caller.user_id, caller.session_id)
    reply = call(serve_get(view), GET, caller=refused)
    assert (reply.status, reply.code) == (401, "unauthorized")
    assert [line["message"] for line in log.lines] == ["request"], "nothing is logged but the call"


def test_a_call_whose_view_fails_beside_the_gate_counts(caller: Caller, calls_left: Any) -> None:
    budget = user_budget(caller.user_id)
    before = calls_left(budget)
    reply = call(serve_get(failing(errors.PostNotFound())), GET, caller=caller)
    assert (reply.status, reply.code) == (404, "post_not_found")
    assert calls_left(budget) == before - 1


def test_a_get_that_is_refused_does_not_count(
    settings: pytest.MonkeyPatch, caller: Caller, calls_left: Any
) -> None:
    settings.setenv("RATE_USER", "1")
    found = [call(serve_get(greet), GET, caller=caller) for _ in range(3)]
    assert [reply.status for reply in found] == [200, 429, 429]
    assert found[2].headers["X-RateLimit-Remaining"] == "0"
    assert calls_left(user_budget(caller.user_id)) == 0


# ── Rates ─────────────────────────────────────────────────────────────────────────────────────────


def statuses(app: Endpoint, times: int, **event: Any) -> list[int]:
    return [call(app, **event).status for _ in range(times)]


def test_a_user_has_1000_calls_over_all_such_routes(
    settings: pytest.MonkeyPatch, caller: Caller
) -> None:
    settings.setenv("RATE_USER", "3")
    assert statuses(serve(greet), 2, caller=caller) == [200, 200]
    assert statuses(serve(lambda _: {}, auth="unverified-ok"), 2, caller=caller) == [200, 429]
    assert statuses(serve(greet), 1, caller=replace(caller, user_id=new_id())) == [200]


def test_an_address_has_its_calls_over_all_public_routes(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RATE_PUBLIC", "2")
    app = serve(greet, auth="none", tier="public")
    assert statuses(app, 3) == [200, 200, 429]
    assert statuses(app, 1, ip="203.0.113.8") == [200]


def test_an_address_that_a_client_claims_is_ignored(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RATE_PUBLIC", "1")
    app = serve(greet, auth="none", tier="public")
    forwarded = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(2)]
    assert [call(app, headers=headers).status for headers in forwarded] == [200, 429]


def login(settings: pytest.MonkeyPatch) -> Endpoint:
    """A sensitive route about the account that its body names."""
    settings.setenv("RATE_SENSITIVE", "2")
    return serve(
        greet, auth="none", tier="sensitive", body=Greeting, account=lambda body: body.content
    )


def test_a_sensitive_call_counts_on_the_address(settings: pytest.MonkeyPatch) -> None:
    app = login(settings)
    bodies = [{"content": f"user{number}"} for number in range(3)]
    assert [call(app, body=body).status for body in bodies] == [200, 200, 429]


def test_a_sensitive_call_counts_on_the_account_in_any_spelling(
    settings: pytest.MonkeyPatch,
) -> None:
    app = login(settings)
    spellings = ["yuki", " YUKI", "Yuki "]
    replies = [
        call(app, body={"content": spelling}, ip=f"203.0.113.{number}")
        for number, spelling in enumerate(spellings)
    ]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert replies[-1].headers["X-RateLimit-Remaining"] == "0"


def test_a_call_that_the_account_refuses_does_not_count_on_the_address(
    settings: pytest.MonkeyPatch, calls_left: Callable[[Budget], int]
) -> None:
    app = login(settings)
    for number in range(2):
        call(app, body={"content": "yuki"}, ip=f"203.0.113.{number}")
    assert call(app, body={"content": "yuki"}).status == 429
    assert calls_left(Budget(f"ip#{IP}", "greet_post", 2)) == 2


def test_the_table_does_not_contain_account_names(
    settings: pytest.MonkeyPatch, aws: MemoryAws
) -> None:
    call(login(settings), body={"content": "yuki"})
    assert "yuki" not in json.dumps(aws.dynamo.items("hoshi-gates"))


def test_a_sensitive_call_with_a_token_counts_on_its_caller(
    settings: pytest.MonkeyPatch, caller: Caller
) -> None:
    settings.setenv("RATE_SENSITIVE", "1")
    app = serve(greet, tier="sensitive")
    assert call(app, caller=caller).status == 200
    assert call(app, caller=caller, ip="203.0.113.8").status == 429


def test_the_headers_are_those_of_the_tightest_budget(settings: pytest.MonkeyPatch) -> None:
    app = login(settings)
    call(app, body={"content": "yuki"})
    reply = call(app, body={"content": "rin"})
    assert reply.headers["X-RateLimit-Remaining"] == "0"  # the address; the account has one left


def test_a_refusal_says_when_to_try_again(settings: pytest.MonkeyPatch, caller: Caller) -> None:
    settings.setenv("RATE_USER", "1")
    app = serve(greet)
    call(app, caller=caller)
    reply = call(app, caller=caller)
    assert (reply.status, reply.code) == (429, "rate_limited")
    with clock.stop_at(NOON + int(reply.headers["Retry-After"])):
        assert call(app, caller=caller).status == 200


# ── Errors ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("event", "status", "code"),
    [
        ({"body": "{"}, 400, "invalid_json"),
        ({"body": "[1]"}, 400, "invalid_json"),
        ({"body": {}}, 400, "invalid_input"),
        ({"body": {"content": "x" * 11}}, 400, "invalid_input"),
        ({"body": {"content": "x", "pad": "x" * 262_144}}, 413, "payload_too_large"),
        ({"body": "{}", "headers": {"content-type": "text/xml"}}, 415, "unsupported_media_type"),
        ({"body": {"content": "x"}, "query": {"limit": "0"}}, 400, "invalid_input"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_malformed_request_is_refused(
    caller: Caller, event: dict[str, Any], status: int, code: str
) -> None:
    reply = call(serve(greet, body=Greeting, query=ListQuery), caller=caller, **event)
    assert (reply.status, reply.code) == (status, code)
    assert "X-RateLimit-Remaining" in reply.headers


def test_a_broken_field_is_named(caller: Caller) -> None:
    reply = call(serve(greet, body=Greeting), caller=caller, body={"content": ""})
    assert reply.body["details"] == [
        {"field": "content", "error": "String should have at least 1 character"}
    ]


def test_an_error_of_the_api_is_answered_with_its_status_code_and_headers(caller: Caller) -> None:
    view = failing(errors.MethodNotAllowed(allow="GET, POST"))
    reply = call(serve(view), caller=caller)
    assert (reply.status, reply.code) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "GET, POST"


BUGS: dict[str, Callable[[], Any]] = {
    "a bug": lambda: {}[SECRET],
    "an unserializable answer": lambda: object(),
    "what AWS calls invalid": lambda: client("dynamodb").get_item(TableName="none", Key={}),
    "a model of its own that does not fit": lambda: TypeAdapter(int).validate_python(SECRET),
}


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS.keys())
def test_a_bug_of_ours_is_500_without_details(
    caller: Caller, log: Log, bug: Callable[[], Any]
) -> None:
    reply = call(serve(lambda _: bug()), caller=caller)
    assert (reply.status, reply.code) == (500, "internal_error")
    assert reply.body["error"] == "Something went wrong on our side."
    assert SECRET not in reply.text + log.text
    assert "X-RateLimit-Remaining" in reply.headers


@pytest.mark.parametrize(
    "code",
    [
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "InternalServerError",
        "RequestLimitExceeded",
        None,  # no answer
    ],
)
@pytest.mark.parametrize("operation", ["UpdateItem", "GetItem"])
def test_a_dependency_that_is_down_is_503_and_says_when_to_try_again(
    aws: MemoryAws, caller: Caller, log: Log, operation: str, code: str | None
) -> None:
    aws.fail(f"dynamodb.{operation}", code, status=500 if code == "InternalServerError" else 400)
    key = {"subject": {"S": "s"}, "scope": {"S": "s"}}
    app = serve(lambda _: client("dynamodb").get_item(TableName="hoshi-gates", Key=key) and {})
    reply = call(app, caller=caller)
    assert (reply.status, reply.code) == (503, "dependency_unavailable")
    assert reply.headers["Retry-After"] == "5"
    assert [line["level"] for line in log.lines] == ["ERROR", "INFO"]


def test_a_clash_with_other_writers_is_503(caller: Caller) -> None:
    reply = call(serve(failing(WriteConflict())), caller=caller)
    assert (reply.status, reply.code) == (503, "dependency_unavailable")


def test_a_missing_permission_is_our_bug_and_is_named_in_the_log(
    aws: MemoryAws, caller: Caller, log: Log
) -> None:
    aws.fail("dynamodb.UpdateItem", "AccessDeniedException")
    assert call(serve(greet), caller=caller).status == 500
    assert log.lines[0]["aws_code"] == "AccessDeniedException"
    assert log.lines[0]["denied"] == "refused"


# ── The log ───────────────────────────────────────────────────────────────────────────────────────


def test_a_request_is_one_line(caller: Caller, log: Log) -> None:
    call(serve(greet), caller=caller)
    (line,) = log.lines
    assert line.pop("timestamp")
    assert line == {
        "level": "INFO",
        "message": "request",
        "service": "hoshi-UnitTest",
        "route": "POST /posts/{post_id}/greet",
        "status": 200,
        "ms": 0,
        "request_id": REQUEST_ID,
        "user_id": caller.user_id,
    }


def refusal(log: Log) -> Any:
    return log.lines[-1]["refused_by"]


def test_a_user_who_is_refused_is_named_with_the_budget(
    settings: pytest.MonkeyPatch, caller: Caller, log: Log
) -> None:
    settings.setenv("RATE_USER", "1")
    assert statuses(serve(greet), 2, caller=caller) == [200, 429]
    assert refusal(log) == {
        "subject": "user", "user_id": caller.user_id, "scope": "user",
        "limit": 1, "per_seconds": 3600,
    }  # fmt: skip


def test_an_address_that_is_refused_has_a_fingerprint(
    settings: pytest.MonkeyPatch, log: Log
) -> None:
    settings.setenv("RATE_PUBLIC", "1")
    app = serve(greet, auth="none", tier="public")
    statuses(app, 2)
    mine = refusal(log)
    statuses(app, 1)
    assert refusal(log) == mine
    assert len(mine["fingerprint"]) == 16
    assert {**mine, "fingerprint": None} == {
        "subject": "ip", "fingerprint": None, "scope": "public",
        "limit": 1, "per_seconds": 3600,
    }  # fmt: skip
    statuses(app, 2, ip="203.0.113.8")
    assert refusal(log)["fingerprint"] != mine["fingerprint"]
    assert "203.0.113" not in log.text


def test_an_account_that_is_refused_has_a_fingerprint(
    settings: pytest.MonkeyPatch, log: Log
) -> None:
    app = login(settings)
    for number in range(3):
        call(app, body={"content": "yuki"}, ip=f"203.0.113.{number}")
    assert (refusal(log)["subject"], refusal(log)["scope"]) == ("account", "greet_post")
    assert "yuki" not in log.text


def test_a_refusal_needs_no_secret(settings: pytest.MonkeyPatch, aws: MemoryAws, log: Log) -> None:
    settings.setenv("RATE_PUBLIC", "1")
    aws.fail("secretsmanager.GetSecretValue", "InternalServiceErrorException", status=500)
    app = serve(greet, auth="none", tier="public")
    assert statuses(app, 2) == [200, 429]
    assert refusal(log)["fingerprint"] is None


def test_a_request_that_is_not_refused_names_no_budget(caller: Caller, log: Log) -> None:
    call(serve(failing(errors.ResendTooSoon(retry_after="60"))), caller=caller)
    assert "refused_by" not in log.lines[-1]


def test_a_refused_request_is_one_line_with_its_code(caller: Caller, log: Log) -> None:
    call(serve(failing(errors.PostNotFound())), caller=caller)
    (line,) = log.lines
    assert (line["status"], line["code"]) == (404, "post_not_found")


def _raise(error: Exception) -> NoReturn:
    raise error


def _raise_from(text: str) -> NoReturn:
    try:
        raise KeyError(text)
    except KeyError as error:
        raise ValueError(text) from error


# Ways in which an exception's text may quote what a client sent.
LEAKS: dict[str, Callable[[Request[Any, Any]], Any]] = {
    "a key": lambda request: {}[request.body.password],
    "a number": lambda request: int(request.body.password),
    "a type": lambda request: TypeAdapter(int).validate_python(request.body.password),
    "a model": lambda request: Greeting.model_validate({"password": [request.body.password]}),
    "a body": lambda request: _raise(RuntimeError(request.body)),
    "a cause": lambda request: _raise_from(request.body.password),
    "an AWS call": lambda request: client("dynamodb").get_item(
        TableName="hoshi-gates", Key={"subject": {"S": request.body.password}}
    ),
}


@pytest.mark.parametrize("view", LEAKS.values(), ids=LEAKS.keys())
def test_no_log_line_contains_what_an_exception_quotes(caller: Caller, log: Log, view: Any) -> None:
    event = {"body": {"content": "hi", "password": SECRET}, "headers": {"Authorization": SECRET}}
    reply = call(serve(view, body=Greeting), caller=caller, **event)
    assert reply.status == 500
    assert SECRET not in log.text + reply.text
    failure, request = log.lines
    assert failure["error"]
    assert failure["raised_at"]
    assert (request["status"], request["code"]) == (500, "internal_error")


def test_a_failure_says_what_it_was_and_where(caller: Caller, log: Log) -> None:
    call(serve(lambda _: _raise_from(SECRET)), caller=caller)
    failure = log.lines[0]
    assert failure["error"] == "ValueError from KeyError"
    assert failure["raised_at"][-1].startswith("http/test_endpoint.py:")
    assert failure["raised_at"][-1].endswith(" _raise_from")
    assert any("endpoint.py" in place for place in failure["handled_at"])


def test_names_in_the_program_are_logged(caller: Caller, log: Log) -> None:
    view = serve(lambda request: request.no_such_thing)
    call(view, caller=caller)
    assert "no attribute 'no_such_thing'" in log.lines[0]["error"]


def test_a_missing_setting_is_named_in_the_log(
    settings: pytest.MonkeyPatch, caller: Caller, log: Log
) -> None:
    settings.delenv("RATE_USER")
    assert call(serve(greet), caller=caller).status == 500
    assert "RATE_USER is not set" in log.lines[0]["error"]


def test_a_user_has_one_gate_for_all_calls(caller: Caller) -> None:
    call(serve(greet), caller=caller)
    assert admit(Budget(f"user#{caller.user_id}", "user", 1000)).remaining == 998
