"""What media offers to other services: their users' uploads, attaching them, and showing them."""

from media.models import StoredMedia, Upload
from media.shapes import MediaShape, view
from media.uploads import attach, find_upload, find_uploads, stored_media, upload_id_of

__all__ = [
    "MediaShape",
    "StoredMedia",
    "Upload",
    "attach",
    "find_upload",
    "find_uploads",
    "stored_media",
    "upload_id_of",
    "view",
]
