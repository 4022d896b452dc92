"""POST /ai/caption: suggest a caption for a topic or for one of the caller's pictures."""

from typing import Annotated

from pydantic import model_validator

from ai.captions import CaptionIdea, suggest
from ai.phrases import Tone
from ai.pictures import own_picture
from media.public import Upload
from shared.access.quotas import one_call
from shared.config import config
from shared.errors import AiUnavailable, UploadNotReady
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Answer, Request

app = endpoint("ai")


class CaptionWish(Body):
    """What the caption is to be about, and how it is to sound."""

    topic: Annotated[str, text(1, 200)] | None = None
    upload_id: Annotated[str, text(1, 64)] | None = None
    tone: Tone = "casual"

    @model_validator(mode="after")
    def _is_about_something(self) -> "CaptionWish":
        if self.topic is None and self.upload_id is None:
            raise ValueError("Give a topic or an upload_id.")
        return self


@app.serve("POST /ai/caption", body=CaptionWish, answer=CaptionIdea)
def suggest_caption(request: Request[CaptionWish]) -> Answer:
    """Suggest a caption and three hashtags. Nothing is changed; each call counts on the day's
    quota."""
    wish, user_id = request.body, request.caller.user_id
    upload = _ready_picture(wish.upload_id, user_id) if wish.upload_id else None
    spoken, per_day = request.accept_language, config.limits.ai_calls_per_day
    with one_call(user_id, "ai-captions", per_day, AiUnavailable) as quota:
        idea = suggest(wish.topic or "", upload, wish.tone, spoken, quota.used)
        return Answer(idea, headers=quota.headers())


def _ready_picture(upload_id: str, owner_id: str) -> Upload:
    upload = own_picture(upload_id, owner_id)
    if upload.status != "ready":
        raise UploadNotReady
    return upload
