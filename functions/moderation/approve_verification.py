"""POST /admin/verification/{request_id}/approve: give a person the badge."""

from moderation.verification_shapes import VerificationShape, verification_shape
from moderation.verifications import approve
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.public import find_user

app = endpoint("moderation")


@app.serve("POST /admin/verification/{request_id}/approve", auth="admin", answer=VerificationShape)
def approve_verification(request: Request) -> VerificationShape:
    """Approve a verification request; card number and picture are deleted."""
    decided = approve(request.path["request_id"], request.caller.user_id)
    return verification_shape(decided, find_user(decided.user_id, consistent=True))
