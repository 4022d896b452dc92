"""Hourly: fail the uploads that posts and stories wait for and whose file never came."""

from typing import Any

from media.errors import MediaMissing
from media.models import Upload
from media.s3_objects import remove_uploads
from shared.clock import now, timestamp
from shared.lifecycle.purging import purge_due

_PAGE = 100  # uploads


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Fail the uploads; their stream publishes `MediaFailed`, which fails them, too."""
    is_due = Upload.awaited_until <= int(now())
    return purge_due(Upload.by_deadline, is_due, _fail, context, _PAGE)


def _fail(upload: Upload) -> None:
    """Fail an upload; raise `ConditionFailed` if its file has come, or it is gone."""
    reason = MediaMissing("The file was not uploaded in time.")
    upload.change(
        Upload.status.set("failed"),
        Upload.error_code.set(reason.code),
        Upload.error.set(str(reason)),
        Upload.awaited_until.remove(),
        Upload.updated_at.set(timestamp()),
        condition=(Upload.status == "pending") & (Upload.awaited_until <= int(now())),
    )
    # A file that comes at this moment finds its upload failed, so nothing will process it.
    remove_uploads({upload.upload_id: upload.object_key})
