"""Why an upload failed: one class per code that its owner can read in `Upload.error`.

MediaError
├── MediaUnreadable     media_unreadable       broken, truncated, empty, neither picture nor video
├── MediaTypeMismatch   media_type_mismatch    the bytes are of another type than was declared
├── MediaTooLarge       media_too_large        more bytes than allowed
├── MediaTooLong        media_too_long         more seconds than allowed
├── MediaTooManyPixels  media_too_many_pixels  more pixels than allowed: mostly a bomb
└── ProcessingFailed    processing_failed      the file may be good, we could not finish: try again
"""

from typing import ClassVar


class MediaError(Exception):
    """An upload cannot be served. `code` is the API's, `str(error)` a sentence for its owner."""

    code: ClassVar[str]

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


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
