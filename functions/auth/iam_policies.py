"""The answer of both authorizers: who calls, and permission to try every route."""

from typing import Any

from shared.access.caller import Caller


def allow(caller: Caller, method_arn: str) -> dict[str, Any]:
    """The policy, and the context that `shared.access.caller` reads.

    It covers the whole API, because the gateway caches it by token and applies it to other routes
    too.
    """
    api, stage = method_arn.split("/")[:2]
    return {
        "principalId": caller.user_id,
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
        "context": {
            "user_id": caller.user_id,
            "username": caller.username,
            "session_id": caller.session_id,
            "role": caller.role,
            "scope": caller.scope,
        },
    }
