"""The frames `media.ready` and `media.failed`: the data of a finished upload, and of those that a
log refers to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from media.models import Upload
from media.shapes import upload_shape
from media.uploads import find_uploads

if TYPE_CHECKING:
    from shared.realtime.frame_log import Reference


def frame_data(upload: Upload) -> dict[str, Any]:
    """The data of the frame of a finished upload."""
    data: dict[str, Any] = {
        "upload_id": upload.upload_id,
        "status": upload.status,
        "upload": upload_shape(upload),
    }
    if upload.post_id:
        data["post_id"] = upload.post_id
    return data


def upload_frames(user_id: str, references: "Sequence[Reference]") -> dict[str, dict[str, Any]]:
    """The data of the frames whose uploads the user still has, by the ids of the frames."""
    found = find_uploads({each.about["upload_id"] for each in references}, user_id)
    return {
        each.id: frame_data(upload)
        for each in references
        if (upload := found.get(each.about["upload_id"])) and each.event == f"media.{upload.status}"
    }
