"""The shapes Media and Upload of docs/api.md, with signed URLs. Makes no AWS calls."""

from typing import Annotated, TypedDict

from media.models import StoredMedia, Upload, UploadError
from media.playlist_links import playlist_url
from media.uploads import stored_media
from shared.aws.media_urls import expires_at, sign_url, url_length
from shared.encoding import to_json
from shared.http.enums import one_of

_BEST = ("1080", "720p", "480p", "360p", "original")
_MORE_URLS = 4  # besides the variants: `url` and that beside the shape, thumbnail and preview
_FIELDS = 900  # bytes of all else, with the URL of a playlist, which has no token


class MediaShape(TypedDict):
    """Shape Media."""

    upload_id: str
    type: Annotated[str, one_of("image", "video")]
    status: Annotated[str, one_of("pending", "processing", "ready", "failed")]
    url: str | None
    variants: dict[str, str]
    variants_webp: dict[str, str]
    thumbnail_url: str | None
    preview_url: str | None
    hls_url: str | None
    width: int | None
    height: int | None
    duration: float | None
    blurhash: str | None
    alt_text: str | None
    error: UploadError | None
    expires_at: str


class UploadShape(MediaShape):
    """Shape Upload."""

    kind: Annotated[str, one_of("image", "video")]
    purpose: Annotated[
        str,
        one_of("post", "reel", "story", "message", "avatar", "group", "thumbnail", "verification"),
    ]
    progress: int
    content_type: str
    size: int | None
    media_url: str
    created_at: str


def view(stored: StoredMedia) -> MediaShape:
    """Shape Media. Several variants may share one object, whose key is signed once."""
    urls: dict[str, str] = {}

    def signed(key: str) -> str:
        if key not in urls:
            urls[key] = sign_url(key)
        return urls[key]

    variants = {name: signed(key) for name, key in stored["variants"].items()}
    best = next((variants[name] for name in _BEST if name in variants), None)
    thumbnail = stored["thumbnail"] or stored["variants"].get("320")
    return {
        "upload_id": stored["upload_id"],
        "type": stored["type"],
        "status": stored["status"],
        "url": None if stored["status"] == "failed" else best or signed(stored["original"]),
        "variants": variants,
        "variants_webp": {name: signed(key) for name, key in stored["variants_webp"].items()},
        "thumbnail_url": signed(thumbnail) if thumbnail else None,
        "preview_url": signed(stored["preview"]) if stored["preview"] else None,
        "hls_url": playlist_url(stored["upload_id"]) if stored.get("hls") else None,
        "width": stored["width"],
        "height": stored["height"],
        "duration": stored["duration"],
        "blurhash": stored["blurhash"],
        "alt_text": stored["alt_text"],
        "error": stored.get("error"),
        "expires_at": expires_at(),
    }


def shape_size(stored: StoredMedia) -> int:
    """How many bytes of JSON the shape Media has at most, and its URL beside it once more."""
    urls = len(stored["variants"]) + len(stored["variants_webp"]) + _MORE_URLS
    return urls * url_length() + _FIELDS + len(to_json(stored["alt_text"]).encode())


def upload_shape(upload: Upload) -> UploadShape:
    """Shape Upload, for its owner."""
    return {
        **view(stored_media(upload)),
        "status": upload.status,
        "kind": upload.kind,
        "purpose": upload.purpose,
        "progress": upload.progress,
        "content_type": upload.content_type,
        "size": upload.size,
        "media_url": upload.object_key,
        "created_at": upload.created_at,
    }
