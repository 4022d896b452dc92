"""GET /verification/request: the caller's latest verification request."""

from moderation.verification_shapes import VerificationShape, verification_shape
from moderation.verifications import latest_request
from shared.errors import RequestNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.public import find_user

app = endpoint("moderation")


@app.serve("GET /verification/request", answer=VerificationShape)
def get_verification(request: Request) -> VerificationShape:
    """Get the caller's latest request."""
    found = latest_request(request.caller.user_id)
    if found is None:
        raise RequestNotFound
    return verification_shape(found, find_user(found.user_id))
