"""The gateway's authorizer: verifies a JWT, nothing stateful, so that its answer may be cached."""

from typing import Any

from auth.iam_policies import allow
from shared import observability
from shared.access.tokens import read_token
from shared.errors import Unauthorized


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The policy for a TOKEN event; `Unauthorized` makes the gateway answer 401."""
    token = event["authorizationToken"].partition(" ")[2].strip()
    try:
        caller = read_token(token)
    except Unauthorized:
        observability.log("authorizer", allowed=False)
        # The gateway knows this one text, and answers every other error with 500.
        raise Exception("Unauthorized") from None
    return allow(caller, event["methodArn"])
