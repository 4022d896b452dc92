"""Uploads in memory, and calls of media's Lambdas."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from media.models import StoredMedia, Upload
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws

type Call = Callable[..., tuple[int, dict[str, Any]]]
type MakeUpload = Callable[..., Upload]


@pytest.fixture
def media_settings(settings: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    settings.setenv("MAX_IMAGE_MB", "20")
    settings.setenv("MAX_VIDEO_MB", "250")
    return settings


@pytest.fixture
def call(aws: MemoryAws, media_settings: pytest.MonkeyPatch, caller: Caller) -> Call:
    """Call a Lambda: its status and body."""

    def make(app: Endpoint, route: str = "", **more: Any) -> tuple[int, dict[str, Any]]:
        canonical = app.declaration.routes[0]
        event = gateway_event(
            route or f"{canonical.method} {canonical.path}", **{"caller": caller, **more}
        )
        answer = app(event, LambdaContext())
        return answer["statusCode"], json.loads(answer["body"])

    return make


@pytest.fixture
def make_upload(aws: MemoryAws, caller: Caller) -> MakeUpload:
    """Store an upload of the caller."""

    def make(**given: Any) -> Upload:
        upload_id, moment = new_id(), timestamp()
        kind = given.get("kind", "image")
        fields = {
            "owner_id": caller.user_id,
            "kind": kind,
            "content_type": "image/jpeg" if kind == "image" else "video/mp4",
            "object_key": f"uploads/{kind}/{caller.user_id}/{upload_id}",
            "created_at": moment,
            "updated_at": moment,
            "expires_at": int(now()) + 86400,
            **given,
        }
        if fields.get("status") == "ready":
            fields["media"] = picture_of(upload_id)
        upload = Upload(upload_id, **fields)
        upload.create()
        return upload

    return make


def picture_of(upload_id: str) -> StoredMedia:
    """The stored media of a picture of 500 × 400."""
    folder = f"media/{upload_id}"
    return {
        "upload_id": upload_id,
        "type": "image",
        "status": "ready",
        "original": f"{folder}/original.jpg",
        "variants": {
            "original": f"{folder}/original.jpg",
            "1080": f"{folder}/500.jpg",
            "640": f"{folder}/500.jpg",
            "320": f"{folder}/320.jpg",
        },
        "variants_webp": {
            "original": f"{folder}/500.webp",
            "1080": f"{folder}/500.webp",
            "640": f"{folder}/500.webp",
            "320": f"{folder}/320.webp",
        },
        "thumbnail": None,
        "preview": None,
        "width": 500,
        "height": 400,
        "duration": None,
        "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
        "alt_text": "A rocket",
    }


def clip_of(upload_id: str) -> StoredMedia:
    """The stored media of a clip of 480 × 854."""
    folder = f"media/{upload_id}"
    return {
        **picture_of(upload_id),
        "type": "video",
        "original": f"{folder}/480p.mp4",
        "variants": {"480p": f"{folder}/480p.mp4", "360p": f"{folder}/360p.mp4"},
        "variants_webp": {},
        "thumbnail": f"{folder}/thumbnail.jpg",
        "preview": f"{folder}/preview.webp",
        "duration": 5.28,
    }
