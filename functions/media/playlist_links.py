"""Links to the playlists of a film: who was given one may play it until it expires, by no token.

Players fetch playlists by themselves and send no header of ours. A link is only ever given where
the URLs of the film's files are, after the visibility rule said yes, and ends when they do.
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
_SIGNATURE = 17  # bytes of the HMAC; with the key's id they fill their letters


def playlist_url(upload_id: str) -> str | None:
    """Where the master playlist of a film is, until the URLs of its files end too; None where no
    deployment parameter says by which address clients reach us."""
    if not config.public_url:
        return None
    query = query_of(upload_id, ends_at())
    return f"{config.public_url}/media/{upload_id}/master.m3u8?{query}"


def query_of(upload_id: str, expires: int) -> str:
    """The query that admits to the playlists of a film until `expires`, in epoch seconds."""
    kid, signature = signing_keys.sign("cursors", _PURPOSE, _message(upload_id, str(expires)))
    text = urlsafe_b64encode(bytes.fromhex(kid) + signature[:_SIGNATURE]).decode()
    return f"expires={expires}&signature={text}"


def expiry_of(upload_id: str, query: Mapping[str, str]) -> int:
    """When the link to a playlist of this film expires, in epoch seconds. Raises `UploadNotFound`
    for one that is not ours, or has expired: whether there is such a film is not told."""
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
