"""The answer of both authorizers: who calls, and permission to try every route."""

from dataclasses import asdict
from typing import Any

from shared.access.caller import Caller


def allow(caller: Caller, method_arn: str, **more: str) -> dict[str, Any]:
    """The policy, and the context that `shared.access.caller` reads, with what else it holds.

    It covers the whole API, because the gateway caches it by token and applies it to other routes
    too.
    """
    # The gateway takes no null in a context.
    context = {name: value for name, value in asdict(caller).items() if value is not None}
    return _policy(caller.user_id, method_arn, {**context, **more})


def allow_anyone(method_arn: str, **context: str) -> dict[str, Any]:
    """The policy for a client that has not proved who it is."""
    return _policy("anyone", method_arn, dict(context))


def _policy(principal_id: str, method_arn: str, context: dict[str, str | int]) -> dict[str, Any]:
    api, stage = method_arn.split("/")[:2]
    return {
        "principalId": principal_id,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": f"{api}/{stage}/*",
                }
            ],
        },
        "context": context,
    }
