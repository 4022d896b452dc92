"""POST /media/optimize-image: get the sizes of a picture, as soon as they are rendered."""

import time
from typing import Annotated, TypedDict

from pydantic import AliasChoices, Field

from media.models import Upload
from media.s3_objects import exists
from media.shapes import UploadShape, upload_shape
from media.uploads import find_upload, upload_id_of
from shared.errors import InvalidInput, UnsupportedMediaType, UploadNotFound, UploadNotReady
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request

app = endpoint("media")

_NAMES = ("original", "1080", "640", "320")
_NOT_AN_IMAGE = {"media_unreadable", "media_type_mismatch"}
_POLLS, _POLL_INTERVAL = 50, 0.3  # seconds; 15 s in all, below the gateway's timeout


class ImageToOptimize(Body):
    """The upload; `media_url` may be its key or a signed URL of one of its files."""

    upload_id: Annotated[str, text(1, 64)] | None = None
    media_url: Annotated[str, text(1, 4096)] | None = Field(
        None, validation_alias=AliasChoices("media_url", "object_name")
    )


class OptimizedImage(TypedDict):
    """The signed URLs of original, 1080, 640 and 320, in this order and by name."""

    urls: list[str]
    variants: dict[str, str]
    upload: UploadShape


@app.serve("POST /media/optimize-image", body=ImageToOptimize, answer=OptimizedImage)
def optimize_image(request: Request[ImageToOptimize]) -> OptimizedImage:
    """Get every size of one of the caller's pictures. Waits up to 15 s until they are rendered."""
    upload = _find(request.body, request.caller.user_id)
    if upload.kind != "image":
        raise UnsupportedMediaType("This upload is not an image.")
    shape = upload_shape(_wait_until_ready(upload))
    return {
        "urls": [shape["variants"][name] for name in _NAMES],
        "variants": shape["variants"],
        "upload": shape,
    }


def _find(body: ImageToOptimize, owner_id: str) -> Upload:
    name = body.upload_id or body.media_url
    if name is None:
        raise InvalidInput(("upload_id", "Give upload_id or media_url."))
    upload_id = upload_id_of(name)
    if upload_id is None:
        raise UploadNotFound
    return find_upload(upload_id, owner_id)


def _wait_until_ready(upload: Upload) -> Upload:
    if upload.status == "pending" and not exists(upload.object_key):
        raise UploadNotReady("The file of this upload has not arrived yet.")
    for _ in range(_POLLS):
        if upload.status == "ready":
            return upload
        if upload.status == "failed":
            kind = UnsupportedMediaType if upload.error_code in _NOT_AN_IMAGE else UploadNotReady
            raise kind(upload.error)
        time.sleep(_POLL_INTERVAL)  # another Lambda processes it and writes to the table
        upload = find_upload(upload.upload_id, upload.owner_id)
    raise UploadNotReady
