"""POST /media/optimize-image: the sizes of a picture, as soon as they are made."""

import time
from typing import Annotated, TypedDict

from pydantic import AliasChoices, Field

from media.models import Upload
from media.s3_objects import is_there
from media.shapes import UploadShape, upload_shape
from media.uploads import find_upload, upload_id_of
from shared.errors import InvalidInput, UnsupportedMediaType, UploadNotFound, UploadNotReady
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request

app = endpoint("media")

_NAMES = ("original", "1080", "640", "320")
_NO_IMAGE = {"media_unreadable", "media_type_mismatch"}
_LOOKS, _PAUSE = 50, 0.3  # seconds; together below the gateway's patience


class ImageToOptimize(Body):
    """Which upload; `media_url` may be its key or a signed URL of one of its files."""

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
    """Get every size of one's own picture. They are made when the file arrives: this waits."""
    upload = _find(request.body, request.caller.user_id)
    if upload.kind != "image":
        raise UnsupportedMediaType("This upload is not an image.")
    shape = upload_shape(_processed(upload))
    return {
        "urls": [shape["variants"][name] for name in _NAMES],
        "variants": shape["variants"],
        "upload": shape,
    }


def _find(body: ImageToOptimize, owner_id: str) -> Upload:
    named = body.upload_id or body.media_url
    if named is None:
        raise InvalidInput(("upload_id", "Give upload_id or media_url."))
    upload_id = upload_id_of(named)
    if upload_id is None:
        raise UploadNotFound
    return find_upload(upload_id, owner_id)


def _processed(upload: Upload) -> Upload:
    if upload.status == "pending" and not is_there(upload.object_key):
        raise UploadNotReady("The file of this upload has not arrived yet.")
    for _ in range(_LOOKS):
        if upload.status == "ready":
            return upload
        if upload.status == "failed":
            kind = UnsupportedMediaType if upload.error_code in _NO_IMAGE else UploadNotReady
            raise kind(upload.error)
        time.sleep(_PAUSE)  # another Lambda does the work, and the table alone tells of it
        upload = find_upload(upload.upload_id, upload.owner_id)
    raise UploadNotReady
