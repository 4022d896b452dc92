"""Signed links to the playlists of a video, which give access without a token until they expire.

Players fetch playlists by themselves and send no header of ours. A link is only given out together
with the URLs of the video's files, after the visibility rule was checked, and expires with them.
"""

import binascii
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping

from shared.access import signing_keys
from shared.aws.media_urls import ends_at
from shared.clock import now
from shared.config import config
from shared.errors import UploadNotFound

_PURPOSE = "playlist"
_SIGNATURE = 17  # bytes of the HMAC; with the key's id a multiple of 3, so base64 needs no padding


def playlist_url(upload_id: str) -> str | None:
    """The URL of a video's master playlist, which expires with the URLs of its files; None if the
    deployment does not set `PublicUrl`."""
    if not config.public_url:
        return None
    query = query_of(upload_id, ends_at())
    return f"{config.public_url}/media/{upload_id}/master.m3u8?{query}"


def query_of(upload_id: str, expires: int) -> str:
    """The query that gives access to the playlists of a video until `expires` (epoch seconds)."""
    kid, signature = signing_keys.sign("cursors", _PURPOSE, _message(upload_id, str(expires)))
    text = urlsafe_b64encode(bytes.fromhex(kid) + signature[:_SIGNATURE]).decode()
    return f"expires={expires}&signature={text}"


def expiry_of(upload_id: str, query: Mapping[str, str]) -> int:
    """When the link to a playlist of this video expires, in epoch seconds. Raises `UploadNotFound`
    for a forged or expired link, so the answer does not reveal whether the video exists."""
    expires = query.get("expires", "")
    try:
        signed = b64decode(query.get("signature", ""), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise UploadNotFound from error
    kid, signature = signed[:4].hex(), signed[4:]
    if not signing_keys.is_signed(
        "cursors", _PURPOSE, _message(upload_id, expires), kid, signature
    ):
        raise UploadNotFound
    if int(expires) <= now():
        raise UploadNotFound
    return int(expires)


def _message(upload_id: str, expires: str) -> bytes:
    return f"{upload_id}.{expires}".encode()
