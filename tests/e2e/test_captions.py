"""Summaries and suggested captions on the deployed stack, with a model and without one."""

from pathlib import Path

from tests.e2e.client import Person, wait_for
from tests.e2e.conftest import Deployed
from tests.e2e.settings import settings

MODEL = {"AI_MODEL": "amazon.nova-lite-v1:0"}
CAPTION = (
    "We packed at six. The lake was cold. Someone sang. We swam in the cold lake. Nobody slept. "
    "The cold lake had ice.\n#lake #ice"
)
EXTRACT = "The lake was cold. We swam in the cold lake. The cold lake had ice."


def test_a_caption_is_summarized_for_who_may_see_it(
    stack: Deployed, alice: Person, bob: Person
) -> None:
    post = alice.expect(201, "POST", "/posts", {"content": CAPTION})
    route = f"/posts/{post['id']}/summarize"
    assert bob.expect(200, "POST", route) == {"summary": EXTRACT}
    with settings(stack, "SummarizePost", **MODEL):
        answer = bob.call("POST", route)
        assert answer.status_code == 200
        said = answer.json()["summary"]
        assert said and said != EXTRACT, "another model makes another summary"
        assert answer.headers["X-Quota-Limit"]
        again = alice.call("POST", route)
        assert again.json()["summary"] == said
        assert "X-Quota-Limit" not in again.headers, "it was stored"
    alice.expect(200, "PATCH", f"/posts/{post['id']}", {"caption": "It rained."})
    assert bob.expect(200, "POST", route) == {"summary": "It rained."}
    alice.expect(200, "PATCH", f"/posts/{post['id']}", {"visibility": "private"})
    assert bob.call("POST", route).json()["code"] == "post_not_found"
    assert alice.expect(200, "POST", route) == {"summary": "It rained."}


def test_a_caption_is_suggested_from_a_topic_or_a_picture(
    stack: Deployed, alice: Person, bob: Person, photograph: Path
) -> None:
    bob.expect(201, "POST", "/posts", {"content": "Off we go #lakeside"})
    wait_for(
        lambda: any(
            each["tag"] == "lakeside" for each in bob.get("/search/hashtags?q=lakeside")["hashtags"]
        ),
        "the tag to be known",
    )
    first = alice.call("POST", "/ai/caption", {"topic": "morning at the lakeside"})
    assert first.status_code == 200
    assert "orning at the lakeside" in first.json()["caption"]
    assert first.json()["hashtags"] == ["lakeside", "morning", "photooftheday"]
    limit, left = (int(first.headers[f"X-Quota-{name}"]) for name in ("Limit", "Remaining"))
    assert left == limit - 1

    upload = alice.processed(alice.upload(photograph, "image/jpeg"))["upload_id"]
    asked = {"upload_id": upload, "tone": "inspiring"}
    by_color = alice.expect(200, "POST", "/ai/caption", asked)
    assert by_color["caption"] and len(set(by_color["hashtags"])) == 3
    assert bob.call("POST", "/ai/caption", asked).json()["code"] == "upload_not_found"
    with settings(stack, "SuggestCaption", **MODEL):
        by_model = alice.expect(200, "POST", "/ai/caption", asked)
        assert by_model["caption"] and len(set(by_model["hashtags"])) == 3
