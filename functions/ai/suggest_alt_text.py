"""POST /ai/alt-text: suggest an alternative text for one of the caller's pictures."""

from typing import Annotated, TypedDict

from ai.assistant import is_on
from ai.pictures import describe, own_picture
from media.public import stored_media
from shared.errors import AiUnavailable, UploadNotReady
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request

app = endpoint("ai")


class PictureToDescribe(Body):
    """One of the caller's uploads."""

    upload_id: Annotated[str, text(1, 64)]


class SuggestedText(TypedDict):
    """An alternative text, empty if the model gives none; nothing was changed."""

    alt_text: str


@app.serve("POST /ai/alt-text", body=PictureToDescribe, answer=SuggestedText)
def suggest_alt_text(request: Request[PictureToDescribe]) -> SuggestedText:
    """Suggest an alternative text for one of the caller's pictures. The picture is not changed."""
    upload = own_picture(request.body.upload_id, request.caller.user_id)
    if not is_on():
        raise AiUnavailable
    if upload.status != "ready":
        raise UploadNotReady
    return {"alt_text": describe(upload.owner_id, stored_media(upload), fills=False)}
