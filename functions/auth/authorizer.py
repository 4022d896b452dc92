"""The HTTP API's authorizer: verify a JWT and read no state, so that the answer can be cached."""

from typing import Any

from auth.iam_policies import allow
from shared import observability
from shared.access.tokens import read_token
from shared.errors import Unauthorized


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The policy for a TOKEN event; the exception `Unauthorized` makes the gateway answer 401."""
    token = event["authorizationToken"].partition(" ")[2].strip()
    try:
        caller = read_token(token)
    except Unauthorized:
        observability.log("authorizer", allowed=False)
        # The gateway answers exactly this message with 401, and every other error with 500.
        raise Exception("Unauthorized") from None
    return allow(caller, event["methodArn"])
