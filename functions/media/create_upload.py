"""POST /media/uploads, GET /media/upload-url: get a form that uploads one file to the bucket."""

from typing import Annotated, Final, Literal, TypedDict, get_args

from pydantic import AliasChoices, Field

from media.file_types import accepted_type
from media.uploads import new_upload
from shared.aws.clients import client
from shared.config import config
from shared.errors import InvalidInput, PayloadTooLarge, UnsupportedMediaType
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.queries import Choice, Count, Query, Text
from shared.http.requests import Answer, Request

app = endpoint("media")

_FORM_LIFE = 900  # seconds (docs/api.md section 7)
_MB = 1_000_000

type Purpose = Literal[
    "post", "reel", "story", "message", "avatar", "group", "thumbnail", "verification"
]


# Purposes that allow only one kind of file.
_REQUIRED_KIND: Final = {
    "reel": "video",
    "avatar": "image",
    "group": "image",
    "thumbnail": "image",
    "verification": "image",
}


class NewUpload(Body):
    """The body of POST: what the client says about the file before it uploads it."""

    # Empty if the browser knows no type for the file, as for HEIC: then the name determines it.
    content_type: Annotated[str, text(0, 100)] | None = Field(
        None, validation_alias=AliasChoices("content_type", "type")
    )
    filename: Annotated[str, text(1, 255)] | None = None
    size: Annotated[int, Field(ge=1)] | None = None
    purpose: Purpose = "post"
    alt_text: Annotated[str, text(0, 1000)] | None = None


class NewUploadQuery(Query):
    """The query of GET: the same."""

    content_type = Text(0, 100, also="type").optional()
    filename = Text(1, 255).optional()
    size = Count().optional()
    purpose = Choice(*get_args(Purpose.__value__)).or_else("post")
    alt_text = Text(0, 1000).optional()


class UploadForm(TypedDict):
    """Where and how to upload the file: POST `upload_fields`, then the file as the field `file`."""

    upload_id: str
    upload_url: str
    upload_fields: dict[str, str]
    method: str
    media_url: str
    final_media_url: str
    expires_in: int
    max_size: int


@app.serve(
    "POST /media/uploads",
    also=("GET /media/upload-url",),
    body=NewUpload,
    query=NewUploadQuery,
    answer=UploadForm,
    status=201,
    idempotent=True,
    gate_first=True,
)
def create_upload(request: Request[NewUpload, NewUploadQuery]) -> Answer:
    """Create an upload and get the form for its file, valid for 15 minutes."""
    is_get = request.route.method == "GET"
    file: NewUpload | NewUploadQuery = request.query if is_get else request.body
    content_type, kind = _type_of(file)
    limits = config.limits
    max_size = (limits.max_image_mb if kind == "image" else limits.max_video_mb) * _MB
    if file.size and file.size > max_size:
        raise PayloadTooLarge(f"The file may have at most {max_size:,} bytes.")
    upload = new_upload(
        request.caller.user_id, content_type, kind, file.purpose, file.size, file.alt_text or None
    )
    upload.create()
    key = upload.object_key
    form = client("s3").generate_presigned_post(
        config.media_bucket,
        key,
        Fields={"Content-Type": content_type},
        Conditions=[
            {"Content-Type": content_type},
            ["content-length-range", file.size or 1, file.size or max_size],
        ],
        ExpiresIn=_FORM_LIFE,
    )
    answer: UploadForm = {
        "upload_id": upload.upload_id,
        "upload_url": form["url"],
        "upload_fields": form["fields"],
        "method": "POST",
        "media_url": key,
        "final_media_url": key,
        "expires_in": _FORM_LIFE,
        "max_size": max_size,
    }
    return Answer(answer, status=200 if is_get else 201)


def _type_of(file: NewUpload | NewUploadQuery) -> tuple[str, str]:
    """The content type, and whether it is an `image` or a `video`."""
    if not file.content_type and file.filename is None:
        raise InvalidInput(("content_type", "Give content_type or filename."))
    accepted = accepted_type(file.content_type, file.filename)
    if accepted is None:
        raise UnsupportedMediaType
    required = _REQUIRED_KIND.get(file.purpose)
    if required and required != accepted[1]:
        a_kind = "a video" if required == "video" else "an image"
        raise UnsupportedMediaType(f"The purpose {file.purpose} requires {a_kind}.")
    return accepted
