"""REST API v1 proxy events as API Gateway makes them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.access.caller import Caller
from shared.http.requests import Declaration, Request, Route

IP = "203.0.113.7"
REQUEST_ID = "0e9ab1d4-3f0c-4c6e-9d3b-5a2f8f3f6a11"


@dataclass(frozen=True)
class LambdaContext:
    """What Lambda passes to a function about its invocation."""

    aws_request_id: str = "7d2b8a90-5a58-4c54-8f2e-0c1b9a3a7c21"
    remaining: int = 9_000  # milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


def gateway_event(
    route: str,
    *,
    path: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    body: Any = None,
    headers: dict[str, str] | None = None,
    caller: Caller | None = None,
    ip: str = IP,
) -> dict[str, Any]:
    """The event of a call of `route` ("POST /posts/{post_id}/like"); `body` is sent as JSON unless
    it is a text."""
    method, resource = route.split(" ")
    authorizer: dict[str, Any] | None = None
    if caller:
        authorizer = {
            "principalId": caller.user_id,
            "user_id": caller.user_id,
            "username": caller.username,
            "session_id": caller.session_id,
            "role": caller.role,
            "scope": caller.scope,
            "integrationLatency": 3,
        }
        if caller.authenticated_at:
            authorizer["authenticated_at"] = str(caller.authenticated_at)  # as a text, as on AWS
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    given = {"Host": "api.example.com", **(headers or {})}
    if text is not None and not any(name.lower() == "content-type" for name in given):
        given["Content-Type"] = "application/json"
    return {
        "resource": resource,
        "path": resource.format(**(path or {})),
        "httpMethod": method,
        "headers": given,
        "multiValueHeaders": {name: [value] for name, value in given.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": query and {name: [v] for name, v in query.items()},
        "pathParameters": path,
        "stageVariables": None,
        "requestContext": {
            "requestId": REQUEST_ID,
            "resourcePath": resource,
            "httpMethod": method,
            "identity": {"sourceIp": ip, "userAgent": "curl/8"},
            **({"authorizer": authorizer} if authorizer else {}),
        },
        "body": text,
        "isBase64Encoded": False,
    }


def make_request(
    name: str = "list_posts",
    *,
    caller: Caller | None = None,
    path: dict[str, str] | None = None,
    parameters: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    body: Any = None,
    query: Any = None,
    idempotent: bool = False,
    account: Callable[[Any], str | None] | None = None,
    route: str = "GET /posts",
) -> Request[Any, Any]:
    """A request as a view gets it, for functions that take one outside of a view."""
    method, _, resource = route.partition(" ")
    declaration = Declaration(
        service="posts",
        name=name,
        summary="",
        routes=(Route(method, resource),),
        auth="token" if caller else "none",
        tier="user",
        body=type(body) if body is not None else None,
        query=type(query) if query is not None else None,
        answer=None,
        status=200,
        idempotent=idempotent,
        account=account,
    )
    return Request(
        declaration=declaration,
        route=declaration.routes[0],
        path=path or {},
        body=body,
        query=query,
        ip=IP,
        id=REQUEST_ID,
        headers=headers or {},
        parameters=parameters or {},
        known_caller=caller,
        context=LambdaContext(),
    )
