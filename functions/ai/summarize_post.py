"""POST /posts/{post_id}/summarize: summarize the caption of a post the caller may see."""

from typing import TypedDict

from ai.assistant import is_on
from ai.summaries import ask_for_summary, extract, find_summary
from posts.public import visible_post
from shared.access.quotas import one_call
from shared.config import config
from shared.errors import AiUnavailable
from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request

app = endpoint("ai")


class SummaryAnswer(TypedDict):
    """The summary, empty if the post has no caption."""

    summary: str


@app.serve("POST /posts/{post_id}/summarize", answer=SummaryAnswer)
def summarize_post(request: Request) -> SummaryAnswer | Answer:
    """Summarize the caption of a post. Only a summary that a model writes now counts on the day's
    quota."""
    post = visible_post(request.caller, request.path["post_id"])
    if not post.caption:
        return {"summary": ""}
    stored = find_summary(post)
    if stored is not None:
        return {"summary": stored}
    if not is_on():
        return {"summary": extract(post)}
    user_id, per_day = request.caller.user_id, config.limits.ai_calls_per_day
    with one_call(user_id, "ai-summaries", per_day, AiUnavailable) as quota:
        return Answer({"summary": ask_for_summary(post)}, headers=quota.headers())
