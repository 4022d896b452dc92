"""Files that were sent in a multipart request: they become uploads of the caller."""

from collections.abc import Sequence
from functools import partial

from media.file_types import accepted_type
from media.models import Upload
from media.uploads import new_upload
from shared.aws.clients import client
from shared.config import config
from shared.dynamodb.tables import in_parallel
from shared.errors import PayloadTooLarge, UnsupportedMediaType
from shared.http.multipart import File

_MB = 1_000_000


def upload_files(owner_id: str, files: Sequence[File]) -> list[str]:
    """Create uploads and put their files into the bucket, whose S3 event starts the processing.
    Returns their ids, in order; an upload that is not used within a day expires."""
    uploads = [_upload_of(owner_id, file) for file in files]
    in_parallel(
        *(partial(_store, upload, file) for upload, file in zip(uploads, files, strict=True))
    )
    return [upload.upload_id for upload in uploads]


def _upload_of(owner_id: str, file: File) -> Upload:
    accepted = accepted_type(file.content_type, None) or accepted_type(None, file.filename)
    if accepted is None:
        raise UnsupportedMediaType
    content_type, kind = accepted
    limits = config.limits
    max_size = (limits.max_image_mb if kind == "image" else limits.max_video_mb) * _MB
    if len(file.content) > max_size:
        raise PayloadTooLarge(f"The file may have at most {max_size:,} bytes.")
    return new_upload(owner_id, content_type, kind, size=len(file.content))


def _store(upload: Upload, file: File) -> None:
    upload.create()
    client("s3").put_object(
        Bucket=config.media_bucket,
        Key=upload.object_key,
        Body=file.content,
        ContentType=upload.content_type,
    )
