"""Files that came inside of a request: they become uploads of their sender like any other."""

from collections.abc import Callable, Sequence

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
    """Make uploads of files and put their bytes into the bucket, whose event starts the work on
    them. Their ids, in order; what is not used within a day vanishes."""
    uploads = [_upload_of(owner_id, file) for file in files]
    in_parallel(
        *(_uploading(upload, file.content) for upload, file in zip(uploads, files, strict=True))
    )
    return [upload.upload_id for upload in uploads]


def _upload_of(owner_id: str, file: File) -> Upload:
    accepted = accepted_type(file.content_type, None) or accepted_type(None, file.filename)
    if accepted is None:
        raise UnsupportedMediaType
    content_type, kind = accepted
    most = config.limit("MaxImageMB" if kind == "image" else "MaxVideoMB") * _MB
    if len(file.content) > most:
        raise PayloadTooLarge(f"The file may have {most:,} bytes.")
    return new_upload(owner_id, content_type, kind, size=len(file.content))


def _uploading(upload: Upload, content: bytes) -> Callable[[], None]:
    def put() -> None:
        upload.create()
        client("s3").put_object(
            Bucket=config.media_bucket,
            Key=upload.object_key,
            Body=content,
            ContentType=upload.content_type,
        )

    return put
