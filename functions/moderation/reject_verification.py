"""POST /admin/verification/{request_id}/reject: reject a verification request."""

from typing import Annotated

from moderation.verification_shapes import VerificationShape, verification_shape
from moderation.verifications import reject
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request
from users.public import find_user

app = endpoint("moderation")


class RejectionBody(Body):
    """Why; the person reads it."""

    reason: Annotated[str, text(1, 500)]


@app.serve(
    "POST /admin/verification/{request_id}/reject",
    auth="admin",
    body=RejectionBody,
    answer=VerificationShape,
)
def reject_verification(request: Request[RejectionBody]) -> VerificationShape:
    """Reject a verification request; card number and picture are deleted."""
    admin_id = request.caller.user_id
    decided = reject(request.path["request_id"], admin_id, request.body.reason)
    return verification_shape(decided, find_user(decided.user_id))
