"""POST /verification/request: ask for the badge, with a card number and a picture of the face."""

from typing import Annotated

from pydantic import AliasChoices, Field

from moderation.verification_shapes import VerificationShape, verification_shape
from moderation.verifications import create_request
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request
from users.public import resolve_user

app = endpoint("moderation")


class VerificationBody(Body):
    """What proves who the person is, and why they ask for the badge."""

    id_card_number: Annotated[str, text(4, 32)]
    # The upload of the picture: its id or one of its URLs.
    face_picture: Annotated[str, text(1, 2048)] = Field(
        validation_alias=AliasChoices("face_picture_url", "upload_id")
    )
    reason: Annotated[str, text(1, 500)]


@app.serve(
    "POST /verification/request",
    body=VerificationBody,
    answer=VerificationShape,
    status=201,
    idempotent=True,
)
def request_verification(request: Request[VerificationBody]) -> VerificationShape:
    """Request verification."""
    user, body = resolve_user("me", request.caller), request.body
    made = create_request(user, body.id_card_number, body.face_picture, body.reason)
    return verification_shape(made, user)
