"""Films as players that adapt fetch them: playlists by a link, and ranges of the files in S3."""

import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from infra.local.ministack import MiniStack
from infra.templates import TEMPLATE, load
from media import delete_upload, ffmpeg, get_playlist, get_upload
from media.models import Upload
from shared import config
from tests.integration.media.conftest import Bucket, a_user, arrive, bring, call
from tests.support.gateway import LambdaContext, gateway_event
from tests.unit.media.samples import H264, clip, picture, sound

pytestmark = pytest.mark.usefixtures("bucket", "public_url")


@pytest.fixture
def public_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://api.example.com")
    monkeypatch.delitem(vars(config.config), "public_url", raising=False)


def fetch(url: str) -> tuple[int, str]:
    """A playlist, as the Lambda that API Gateway asks for it answers."""
    parts = urlsplit(url)
    upload_id, name = parts.path.split("/")[2:]
    query = dict(part.split("=", 1) for part in parts.query.split("&"))
    path = {"upload_id": upload_id, "playlist": name}
    route = "GET /media/{upload_id}/{playlist}"
    answer = get_playlist.app(gateway_event(route, path=path, query=query), LambdaContext())
    return answer["statusCode"], answer["body"]


def playlists_of(url: str, into: Path) -> dict[str, Path]:
    """Fetch the playlists of a film as a player does; those of its sizes lie in `into`."""
    status, text = fetch(url)
    assert status == 200
    (into / "master.m3u8").write_text(text)
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name = line.partition(".")[0]
        status, media = fetch(url.rpartition("/")[0] + "/" + line)
        assert status == 200
        found[name] = into / f"{name}.m3u8"
        found[name].write_text(media)
    return found


def decoded(source: str | Path) -> list[str]:
    """The digests of all pictures, and then of all sound, of a file or of what a playlist names."""
    network = ("-protocol_whitelist", "file,http,tcp", "-allowed_extensions", "ALL")
    reads = network if str(source).endswith(".m3u8") else ()
    lines = subprocess.run(
        [
            *(ffmpeg.binary(), "-nostdin", "-v", "error", *reads, "-i", str(source)),
            *("-map", "0:v", "-map", "0:a?", "-fps_mode", "passthrough", "-f", "framemd5", "-"),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=240,
    ).stdout.splitlines()
    frames = [line.split(",") for line in lines if not line.startswith("#")]
    return sorted(f"{frame[0]} {int(frame[2]):9} {frame[5].strip()}" for frame in frames)


def ready(upload: Upload, owner: Any) -> dict[str, Any]:
    _, shape = call(get_upload.app, owner, path={"upload_id": upload.upload_id})
    assert shape["status"] == "ready"
    return dict(shape)


def test_a_player_sees_and_hears_what_the_files_have(
    bucket: Bucket, real_clip: bytes, tmp_path: Path
) -> None:
    owner = a_user()
    upload = arrive(bring(owner, real_clip, "video/mp4", purpose="reel"), seconds=300)
    shape = ready(upload, owner)
    found = playlists_of(shape["hls_url"], tmp_path)
    assert list(found) == list(shape["variants"]) == ["720p", "480p", "360p"]
    for name, playlist in found.items():
        whole = tmp_path / f"{name}.mp4"
        whole.write_bytes(httpx.get(shape["variants"][name]).content)
        frames = decoded(playlist)
        assert sum(line.startswith("0 ") for line in frames) == 132
        assert frames == decoded(whole)


@pytest.mark.parametrize(
    ("arguments", "sizes"),
    [
        ((*picture("360x640", 5), *sound(5)), ["360x640"]),
        ((*picture("427x241", 1),), ["428x240"]),
        ((*picture("160x120", 0.2), *sound(2)), ["160x120"]),
    ],
    ids=["portrait", "odd, silent, a second", "sound that lasts longer"],
)
def test_small_films_have_one_size(
    bucket: Bucket, tmp_path: Path, arguments: tuple[str, ...], sizes: list[str]
) -> None:
    owner = a_user()
    data = clip(tmp_path / "clip.mp4", *arguments, *H264, "-c:a", "aac").read_bytes()
    shape = ready(arrive(bring(owner, data, "video/mp4")), owner)
    [(name, playlist)] = playlists_of(shape["hls_url"], tmp_path).items()
    text = (tmp_path / "master.m3u8").read_text()
    assert [f"RESOLUTION={size}," in text for size in sizes] == [True]
    whole = tmp_path / "whole.mp4"
    whole.write_bytes(httpx.get(shape["variants"][name]).content)
    assert decoded(playlist) == decoded(whole)


def test_what_was_deleted_cannot_be_played(bucket: Bucket, tmp_path: Path) -> None:
    owner = a_user()
    data = clip(tmp_path / "clip.mp4", *picture("160x120", 0.4), *H264).read_bytes()
    upload = arrive(bring(owner, data, "video/mp4"))
    url = ready(upload, owner)["hls_url"]
    assert fetch(url)[0] == 200
    assert call(delete_upload.app, owner, path={"upload_id": upload.upload_id})[0] == 200
    assert fetch(url)[0] == 404


def test_scripts_may_fetch_ranges(bucket: Bucket, foundation: MiniStack, tmp_path: Path) -> None:
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
    url = ready(arrive(bring(owner, data, "video/mp4")), owner)["url"]
    origin = {"Origin": "https://hoshi.example.com"}
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
    preflight = httpx.options(url, headers=origin | asked)
    assert preflight.status_code == 200
    assert "GET" in preflight.headers["access-control-allow-methods"]
    answer = httpx.get(url, headers=origin | {"Range": "bytes=0-99"})
    assert (answer.status_code, len(answer.content)) == (206, 100)
    assert answer.headers["access-control-allow-origin"] in ("*", origin["Origin"])
    exposed = answer.headers["access-control-expose-headers"]
    assert {"Content-Range", "Content-Length"} <= {each.strip() for each in exposed.split(",")}
