"""Descriptions of pictures by a model: when it is asked, what it sees, what its text is for."""

import base64
import json
from typing import Any

import pytest

from ai import on_ai_changed, on_media_ready, suggest_alt_text
from ai.models import AltText
from media.models import Upload
from media.on_alt_text_suggested import app as fill
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.config import config
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.events import load_event
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.streams import batch, stream_record
from tests.unit.conftest import Log
from users.models import User

MODEL = "eu.example.vision-model-v1:0"
PICTURE = b"\xff\xd8 a small JPEG"


@pytest.fixture(autouse=True)
def with_model(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> None:
    settings.setenv("AI_MODEL", MODEL)


@pytest.fixture
def owner(aws: MemoryAws) -> Caller:
    """A user who allows descriptions."""
    return a_user(suggest_alt_text=True)


def a_picture(aws: MemoryAws, owner: Caller, **given: Any) -> Upload:
    """A processed picture of the owner, without a text."""
    upload_id = new_id()
    key = f"media/{upload_id}/500.jpg"
    media = {
        "upload_id": upload_id,
        "type": "image",
        "status": "ready",
        "original": f"media/{upload_id}/original.jpg",
        "variants": {"original": f"media/{upload_id}/original.jpg", "1080": key, "640": key},
        "variants_webp": {},
        "thumbnail": None,
        "preview": None,
        "width": 500,
        "height": 400,
        "duration": None,
        "blurhash": None,
        "alt_text": given.get("alt_text"),
    }
    upload = Upload(
        upload_id,
        **{
            "owner_id": owner.user_id,
            "kind": "image",
            "status": "ready",
            "content_type": "image/jpeg",
            "object_key": f"uploads/image/{owner.user_id}/{upload_id}",
            "media": media,
            "created_at": timestamp(),
            "updated_at": timestamp(),
            **given,
        },
    )
    upload.save()
    aws.objects[key] = (PICTURE, "image/jpeg")
    return upload


def consume_ready(upload: Upload) -> dict[str, Any]:
    return consume(
        on_media_ready.app,
        "ai/on_media_ready",
        upload_id=upload.upload_id,
        owner_id=upload.owner_id,
        kind=upload.kind,
        media=upload.media,
    )


def consume(app: Any, sample: str, **data: Any) -> dict[str, Any]:
    event = load_event(*sample.split("/"))
    [record] = event["Records"]
    body = json.loads(record["body"])
    body["data"].update(data)
    record["body"] = json.dumps(body)
    answer: dict[str, Any] = app(event, LambdaContext())
    return answer


def published(aws: MemoryAws, old: AltText | None, new: AltText) -> list[dict[str, Any]]:
    event = batch(stream_record(1, old=old, new=new))
    assert on_ai_changed.app(event, LambdaContext()) == {"batchItemFailures": []}
    return aws.published.get("ai", [])


def suggest(caller: Caller, upload_id: str) -> tuple[int, dict[str, Any]]:
    event = gateway_event("POST /ai/alt-text", caller=caller, body={"upload_id": upload_id})
    answer = suggest_alt_text.app(event, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def test_the_model_sees_the_middle_size_and_is_asked_once(aws: MemoryAws, owner: Caller) -> None:
    upload = a_picture(aws, owner)
    aws.sayings = ["Two boats\n on a  lake.\x00"]
    assert consume_ready(upload) == consume_ready(upload) == {"batchItemFailures": []}
    [asked] = aws.asked
    assert asked["modelId"] == MODEL
    [message] = asked["messages"]
    shown = message["content"][0]["image"]
    assert shown["format"] == "jpeg"
    assert base64.b64decode(shown["source"]["bytes"]) == PICTURE
    [found] = AltText.query(owner.user_id)
    assert (found.upload_id, found.text) == (upload.upload_id, "Two boats on a lake.")
    [event] = published(aws, None, found)
    assert event["type"] == "alt_text.suggested"
    assert event["data"] == {
        "upload_id": upload.upload_id,
        "owner_id": owner.user_id,
        "text": "Two boats on a lake.",
    }


def test_it_is_not_asked_where_the_owner_wrote_a_text(aws: MemoryAws, owner: Caller) -> None:
    consume_ready(a_picture(aws, owner, alt_text="Mine"))
    assert aws.asked == []


def test_it_is_not_asked_unless_the_owner_allows_it(aws: MemoryAws, owner: Caller) -> None:
    User(owner.user_id).change(User.suggest_alt_text.set(False), condition=User.is_there())
    consume_ready(a_picture(aws, owner))
    assert aws.asked == []


@pytest.mark.parametrize("purpose", ["verification", "avatar", "group", "thumbnail"])
def test_it_sees_no_picture_that_is_shown_without_a_text(
    aws: MemoryAws, owner: Caller, purpose: str
) -> None:
    consume_ready(a_picture(aws, owner, purpose=purpose))
    assert aws.asked == []


@pytest.mark.parametrize("purpose", ["post", "story", "message"])
def test_it_sees_pictures_that_are_shown_with_their_text(
    aws: MemoryAws, owner: Caller, purpose: str
) -> None:
    aws.sayings = ["A lake."]
    consume_ready(a_picture(aws, owner, purpose=purpose))
    assert len(aws.asked) == 1


def test_it_is_not_asked_about_pictures_that_have_changed(aws: MemoryAws, owner: Caller) -> None:
    described, deleted = a_picture(aws, owner), a_picture(aws, owner)
    Upload(described.upload_id).change(
        Upload.alt_text.set("Mine"), condition=Upload.upload_id.exists()
    )
    Upload(deleted.upload_id).delete()
    for upload in (described, deleted):
        assert consume_ready(upload) == {"batchItemFailures": []}
    assert aws.asked == []


def test_it_is_not_asked_about_videos_or_without_a_model(
    aws: MemoryAws, owner: Caller, settings: pytest.MonkeyPatch
) -> None:
    consume_ready(a_picture(aws, owner, kind="video"))
    vars(config).clear()
    settings.setenv("AI_MODEL", "")
    consume_ready(a_picture(aws, owner))
    assert aws.asked == []


def test_a_model_that_does_not_answer_is_asked_again_by_the_queue(
    aws: MemoryAws, owner: Caller, log: Log
) -> None:
    upload = a_picture(aws, owner)
    aws.fail("bedrockruntime.Converse", "ThrottlingException", status=429)
    assert consume_ready(upload)["batchItemFailures"]
    assert "bedrockruntime.Converse" in aws.calls
    assert list(AltText.query(owner.user_id)) == []


@pytest.mark.parametrize("said", ["I may not|guardrail_intervened", "no|content_filtered", " "])
def test_a_model_that_says_nothing_fills_nothing(aws: MemoryAws, owner: Caller, said: str) -> None:
    upload = a_picture(aws, owner)
    aws.sayings = [said]
    consume_ready(upload)
    [found] = AltText.query(owner.user_id)
    assert found.text == ""
    assert published(aws, None, found) == []


def test_a_suggestion_is_not_set_on_the_picture(aws: MemoryAws, owner: Caller) -> None:
    upload = a_picture(aws, owner)
    aws.sayings = ["x" * 1500]
    assert suggest(owner, upload.upload_id) == (200, {"alt_text": "x" * 1000})
    [found] = AltText.query(owner.user_id)
    assert published(aws, None, found) == []
    assert suggest(owner, upload.upload_id)[0] == 200
    assert len(aws.asked) == 1, "the answer is stored"


def test_a_description_is_stored_for_a_week(aws: MemoryAws, owner: Caller) -> None:
    upload = a_picture(aws, owner)
    aws.sayings = ["First.", "Second."]
    suggest(owner, upload.upload_id)
    with stop_at(now() + 7 * 24 * 3600 + 1):
        assert suggest(owner, upload.upload_id)[1] == {"alt_text": "Second."}


def test_only_ones_own_ready_pictures_are_described(
    aws: MemoryAws, owner: Caller, settings: pytest.MonkeyPatch
) -> None:
    other = Caller(new_id(), "other", new_id(), "user", "full")
    foreign = a_picture(aws, other)
    assert suggest(owner, foreign.upload_id)[1]["code"] == "upload_not_found"
    assert suggest(owner, new_id())[1]["code"] == "upload_not_found"
    waiting = a_picture(aws, owner, status="processing")
    status, body = suggest(owner, waiting.upload_id)
    assert (status, body["code"]) == (409, "upload_not_ready")
    video = a_picture(aws, owner, kind="video")
    assert suggest(owner, video.upload_id)[0] == 400
    proof = a_picture(aws, owner, purpose="verification")
    assert suggest(owner, proof.upload_id)[0] == 400
    assert aws.asked == []


def test_without_a_model_or_its_answer_it_is_503(
    aws: MemoryAws, owner: Caller, settings: pytest.MonkeyPatch
) -> None:
    upload = a_picture(aws, owner)
    aws.fail("bedrockruntime.Converse", "ModelTimeoutException", status=408)
    status, body = suggest(owner, upload.upload_id)
    assert (status, body["code"]) == (503, "ai_unavailable")
    vars(config).clear()
    settings.setenv("AI_MODEL", "")
    status, body = suggest(owner, upload.upload_id)
    assert (status, body["code"]) == (503, "ai_unavailable")


def test_a_description_is_set_only_on_a_picture_without_a_text(
    aws: MemoryAws, owner: Caller
) -> None:
    without, with_one = a_picture(aws, owner), a_picture(aws, owner, alt_text="Mine")
    for upload in (without, with_one):
        given = {"upload_id": upload.upload_id, "owner_id": owner.user_id, "text": "A lake."}
        consume(fill, "media/on_alt_text_suggested", **given)
        consume(fill, "media/on_alt_text_suggested", **given)
    assert Upload.get(without.upload_id).alt_text == "A lake."
    assert Upload.get(with_one.upload_id).alt_text == "Mine"
    unknown = new_id()
    consume(fill, "media/on_alt_text_suggested", upload_id=unknown, owner_id=owner.user_id)
    assert Upload.find(unknown) is None
