"""GET /media/{upload_id}/{playlist}: the playlists of a video, for adaptive players (HLS)."""

from typing import Annotated

from media.models import Upload
from media.playlist_links import expiry_of, query_of
from media.uploads import has_expired
from media.video import hls
from media.video.hls import Rung
from shared.aws.media_urls import sign_url
from shared.clock import now
from shared.errors import UploadNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request

app = endpoint("media")

_MAX_AGE = 300  # seconds


@app.serve(
    "GET /media/{upload_id}/{playlist}", auth="none", tier="signed", answer=Annotated[str, hls.TYPE]
)
def get_playlist(request: Request) -> Answer:
    """Get a playlist of a video, for adaptive players (HLS).

    `hls_url` points to `master.m3u8`, which names the playlists of the sizes. Its query, `expires`
    and `signature`, gives access to all of them.
    """
    upload_id, name = request.path["upload_id"], request.path["playlist"]
    expires = expiry_of(upload_id, request.parameters)
    upload = Upload.find(upload_id, consistent=True)
    if upload is None or upload.hls is None or has_expired(upload):
        raise UploadNotFound
    rungs: dict[str, Rung] = upload.hls
    if name == hls.MASTER:
        text = hls.master(rungs, query_of(upload_id, expires))
    elif (rung_name := hls.rung_name(name)) in rungs:
        text = hls.media(rungs[rung_name], sign_url(upload.media["variants"][rung_name], expires))
    else:
        raise UploadNotFound
    age = min(_MAX_AGE, int(expires - now()))
    headers = {"Content-Type": hls.TYPE, "Cache-Control": f"private, max-age={age}"}
    return Answer(text, headers=headers)
