"""Videos as adaptive players fetch them: playlists by a link, and ranges of the files in S3."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from infra.local.ministack import MiniStack
from infra.templates import TEMPLATE, load
from media import delete_upload, get_playlist, get_upload
from media.models import Upload
from media.video import ladder
from shared import config
from tests.integration.media.conftest import Bucket, a_user, arrive, call, upload_file
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.player import Answer, Relay, decoded, relay
from tests.unit.media.samples import H264, clip, picture, sound

pytestmark = pytest.mark.usefixtures("bucket")


@pytest.fixture
def server(foundation: MiniStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """The server from which a player plays."""
    with relay(foundation.endpoint, fetch) as made:
        monkeypatch.setenv("PUBLIC_URL", made.url)
        monkeypatch.delitem(vars(config.config), "public_url", raising=False)
        yield made
    vars(config.config).pop("public_url", None)


def fetch(url: str) -> Answer:
    """A playlist, as its Lambda answers API Gateway."""
    parts = urlsplit(url)
    upload_id, name = parts.path.split("/")[2:]
    query = dict(part.split("=", 1) for part in parts.query.split("&"))
    path = {"upload_id": upload_id, "playlist": name}
    route = "GET /media/{upload_id}/{playlist}"
    answer = get_playlist.app(gateway_event(route, path=path, query=query), LambdaContext())
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    return answer["statusCode"], headers, answer["body"].encode()


def ready(upload: Upload, owner: Any) -> dict[str, Any]:
    _, shape = call(get_upload.app, owner, path={"upload_id": upload.upload_id})
    assert shape["status"] == "ready"
    return dict(shape)


def plays_as_stored(shape: dict[str, Any], server: Relay, folder: Path) -> int:
    """Play each size of a video by its playlists and as a whole, and compare all video and audio
    frames. Returns the number of video frames in each size."""
    counts = set()
    for number, (name, url) in enumerate(shape["variants"].items()):
        whole = folder / f"{name}.mp4"
        whole.write_bytes(httpx.get(url).content)
        frames, sound = decoded(whole)
        assert decoded(shape["hls_url"], number) == (frames, sound)
        counts.add(len(frames))
    assert server.ranges, "no range was fetched"
    [count] = counts
    return count


def test_a_player_sees_and_hears_what_the_files_have(
    real_clip: bytes, server: Relay, tmp_path: Path
) -> None:
    owner = a_user()
    shape = ready(
        arrive(upload_file(owner, real_clip, "video/mp4", purpose="reel"), seconds=300), owner
    )
    assert list(shape["variants"]) == ["720p", "480p", "360p"]
    assert plays_as_stored(shape, server, tmp_path) == 132


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ((*picture("360x640", 5), *sound(5)), 125),
        ((*picture("427x241", 1),), 25),
        ((*picture("160x120", 0.2), *sound(2)), 5),
    ],
    ids=["portrait", "odd, silent, a second", "sound that lasts longer"],
)
def test_small_videos_have_one_size(
    server: Relay, tmp_path: Path, arguments: tuple[str, ...], count: int
) -> None:
    owner = a_user()
    data = clip(tmp_path / "clip.mp4", *arguments, *H264, "-c:a", "aac").read_bytes()
    shape = ready(arrive(upload_file(owner, data, "video/mp4")), owner)
    [(width, height)] = ladder.rung_sizes(shape["width"], shape["height"]).values()
    _, _, master = fetch(shape["hls_url"])
    assert f"RESOLUTION={width}x{height}," in master.decode()
    assert plays_as_stored(shape, server, tmp_path) == count


def test_what_was_deleted_cannot_be_played(server: Relay, tmp_path: Path) -> None:
    owner = a_user()
    data = clip(tmp_path / "clip.mp4", *picture("160x120", 0.4), *H264).read_bytes()
    upload = arrive(upload_file(owner, data, "video/mp4"))
    url = ready(upload, owner)["hls_url"]
    assert fetch(url)[0] == 200
    assert call(delete_upload.app, owner, path={"upload_id": upload.upload_id})[0] == 200
    assert fetch(url)[0] == 404


def test_scripts_may_fetch_ranges(bucket: Bucket, tmp_path: Path) -> None:
    """The bucket's CORS rules, as template.yaml declares them, let players read what they need."""
    declared = load(TEMPLATE)["Resources"]["MediaBucket"]["Properties"]["CorsConfiguration"]
    [rule] = declared["CorsRules"]
    rules = {
        "AllowedOrigins": ["https://hoshi.example.com"],
        "AllowedMethods": rule["AllowedMethods"],
        "AllowedHeaders": rule["AllowedHeaders"],
        "ExposeHeaders": rule["ExposedHeaders"],
    }
    bucket.s3.put_bucket_cors(
        Bucket=config.config.media_bucket, CORSConfiguration={"CORSRules": [rules]}
    )
    owner = a_user()
    data = clip(tmp_path / "clip.mp4", *picture("160x120", 0.4), *H264).read_bytes()
    upload = arrive(upload_file(owner, data, "video/mp4"))
    _, shape = call(get_upload.app, owner, path={"upload_id": upload.upload_id})
    origin = {"Origin": "https://hoshi.example.com"}
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
    preflight = httpx.options(shape["url"], headers=origin | asked)
    assert preflight.status_code == 200
    assert "GET" in preflight.headers["access-control-allow-methods"]
    answer = httpx.get(shape["url"], headers=origin | {"Range": "bytes=0-99"})
    assert (answer.status_code, len(answer.content)) == (206, 100)
    assert answer.headers["access-control-allow-origin"] in ("*", origin["Origin"])
    exposed = answer.headers["access-control-expose-headers"]
    assert {"Content-Range", "Content-Length"} <= {each.strip() for each in exposed.split(",")}
