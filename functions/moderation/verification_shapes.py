"""The shape VerificationRequest of docs/api.md."""

from typing import Annotated, TypedDict

from moderation.verification_models import Verification
from shared.http.enums import one_of
from users.public import User, UserShape, user_shape


class VerificationShape(TypedDict):
    """Shape VerificationRequest."""

    id: str
    request_id: str
    user: UserShape | None
    id_card_number: str | None
    face_picture_url: str | None
    reason: str
    status: Annotated[str, one_of("pending", "approved", "rejected")]
    rejection_reason: str | None
    resolved_at: str | None
    created_at: str


def verification_shape(request: Verification, user: User | None) -> VerificationShape:
    """The shape as everyone but a reviewing administrator sees it: the end of the card number
    while the request is pending, and no picture."""
    return {
        "id": request.request_id,
        "request_id": request.request_id,
        "user": user_shape(user) if user else None,
        "id_card_number": request.card_ending,
        "face_picture_url": None,
        "reason": request.reason,
        "status": request.status,
        "rejection_reason": request.rejection_reason,
        "resolved_at": request.resolved_at,
        "created_at": request.created_at,
    }
