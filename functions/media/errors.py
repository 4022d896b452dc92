"""Why an upload failed: one class per code that its owner can read in `Media.error`.

MediaError
├── MediaMissing        media_missing          a post waited for the file, which never came
├── MediaUnreadable     media_unreadable       broken, truncated, empty, or neither image nor video
├── MediaTypeMismatch   media_type_mismatch    the bytes are not of the declared type
├── MediaTooLarge       media_too_large        more bytes than allowed
├── MediaTooLong        media_too_long         more seconds than allowed
├── MediaTooManyPixels  media_too_many_pixels  more pixels than allowed: usually a bomb
└── ProcessingFailed    processing_failed      the file may be fine, but our processing failed
"""

from typing import ClassVar


class MediaError(Exception):
    """An upload cannot be served. `code` is the API's; `str(error)` is a sentence for the owner."""

    code: ClassVar[str]

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


class MediaMissing(MediaError):
    code = "media_missing"


class MediaUnreadable(MediaError):
    code = "media_unreadable"


class MediaTypeMismatch(MediaError):
    code = "media_type_mismatch"


class MediaTooLarge(MediaError):
    code = "media_too_large"


class MediaTooLong(MediaError):
    code = "media_too_long"


class MediaTooManyPixels(MediaError):
    code = "media_too_many_pixels"


class ProcessingFailed(MediaError):
    code = "processing_failed"
