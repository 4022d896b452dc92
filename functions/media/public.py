"""What media offers to other services: finding, attaching, showing and exporting uploads, and their
logged frames."""

from media.form_uploads import upload_files
from media.holds import hold, release
from media.models import StoredMedia, Upload
from media.personal_data import export_of, originals_of
from media.pictures import release_avatar, release_from_group, take_as_avatar, take_for_group
from media.shapes import MediaShape, shape_size, view
from media.upload_frames import upload_frames
from media.uploads import (
    attach,
    can_be_shown,
    find_named_upload,
    find_upload,
    find_uploads,
    stored_media,
    take_away,
    upload_id_of,
)
from media.video.durations import is_longer

__all__ = [
    "MediaShape",
    "StoredMedia",
    "Upload",
    "attach",
    "can_be_shown",
    "export_of",
    "find_named_upload",
    "find_upload",
    "find_uploads",
    "hold",
    "is_longer",
    "originals_of",
    "release",
    "release_avatar",
    "release_from_group",
    "shape_size",
    "stored_media",
    "take_as_avatar",
    "take_away",
    "take_for_group",
    "upload_files",
    "upload_frames",
    "upload_id_of",
    "view",
]
