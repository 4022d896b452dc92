"""What API Gateway itself answers, in the shape of the contract: the document that it imports holds
it, since every import of the document replaces what was said elsewhere (`GatewayResponse`).
"""

import json
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """The error of one type of response; without a status, the one that API Gateway would give."""

    status: int | None
    code: str
    sentence: str


_NO_TOKEN = Answer(401, "unauthorized", "A valid access token is required.")
_TOO_MANY = Answer(429, "rate_limited", "Too many requests. Try again later.")

ANSWERS = {
    "UNAUTHORIZED": _NO_TOKEN,
    "ACCESS_DENIED": _NO_TOKEN,
    "MISSING_AUTHENTICATION_TOKEN": Answer(404, "route_not_found", "This path does not exist."),
    "REQUEST_TOO_LARGE": Answer(413, "payload_too_large", "The request body is too large."),
    "THROTTLED": _TOO_MANY,
    "QUOTA_EXCEEDED": _TOO_MANY,
    "INTEGRATION_TIMEOUT": Answer(503, "dependency_unavailable", "This took too long. Try again."),
    # Those for all others. A status here would become the status of each of them.
    "DEFAULT_4XX": Answer(None, "invalid_input", "This request is not valid."),
    "DEFAULT_5XX": Answer(500, "internal_error", "Something went wrong on our side."),
}


def gateway_responses() -> dict[str, Any]:
    """The value of `x-amazon-apigateway-gateway-responses`."""
    return {name: _written(answer) for name, answer in ANSWERS.items()}


def _written(answer: Answer) -> dict[str, Any]:
    body = {"error": answer.sentence, "code": answer.code, "request_id": "$context.requestId"}
    status = {} if answer.status is None else {"statusCode": str(answer.status)}
    return status | {
        "responseParameters": {
            "gatewayresponse.header.Access-Control-Allow-Origin": {"Fn::Sub": "'${AllowedOrigin}'"},
            "gatewayresponse.header.Access-Control-Expose-Headers": "'X-Request-Id'",
            "gatewayresponse.header.X-Request-Id": "context.requestId",
        },
        "responseTemplates": {"application/json": json.dumps(body, separators=(",", ":"))},
    }
