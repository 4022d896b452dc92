"""HLS playlists (RFC 8216), and who may fetch them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from media import get_playlist, playlist_links
from media.models import Upload
from media.playlist_links import playlist_url
from media.public import view
from media.video import hls
from media.video.hls import Rung
from shared import clock
from shared.access.signing_keys import sign
from shared.aws.media_urls import expires_at, sign_url
from shared.clock import now
from shared.config import config
from shared.ids import new_id
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.unit.media.conftest import MakeUpload, clip_of

RUNGS: dict[str, Rung] = {
    "480p": {
        "codecs": "avc1.64001e,mp4a.40.2",
        "width": 480,
        "height": 854,
        "frame_rate": 29.97,
        "start": 5000,
        "header": 1251,
        "segments": [(4.004, 400_000), (4.004, 500_500), (1.268, 90_000)],
    },
    "360p": {
        "codecs": "avc1.640016,mp4a.40.2",
        "width": 360,
        "height": 640,
        "frame_rate": 29.97,
        "start": 4000,
        "header": 1249,
        "segments": [(4.004, 200_000), (4.004, 200_000), (1.268, 70_000)],
    },
}


def test_the_master_names_the_sizes() -> None:
    assert hls.master(RUNGS, "expires=1&signature=abc").splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-STREAM-INF:BANDWIDTH=1000000,AVERAGE-BANDWIDTH=854248,"
        'CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=480x854,FRAME-RATE=29.970',
        "480p.m3u8?expires=1&signature=abc",
        "#EXT-X-STREAM-INF:BANDWIDTH=409712,AVERAGE-BANDWIDTH=405347,"
        'CODECS="avc1.640016,mp4a.40.2",RESOLUTION=360x640,FRAME-RATE=29.970',
        "360p.m3u8?expires=1&signature=abc",
    ]


def test_a_size_is_a_header_and_segments_of_one_file() -> None:
    text = hls.media(RUNGS["480p"], "https://s3.example.com/480p.mp4?a=b&c=d")
    assert text.endswith("\n")
    assert text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        "#EXT-X-TARGETDURATION:4",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MAP:URI="https://s3.example.com/480p.mp4?a=b&c=d",BYTERANGE="1251@5000"',
        "#EXTINF:4.004,",
        "#EXT-X-BYTERANGE:400000@6251",
        "https://s3.example.com/480p.mp4?a=b&c=d",
        "#EXTINF:4.004,",
        "#EXT-X-BYTERANGE:500500@406251",
        "https://s3.example.com/480p.mp4?a=b&c=d",
        "#EXTINF:1.268,",
        "#EXT-X-BYTERANGE:90000@906751",
        "https://s3.example.com/480p.mp4?a=b&c=d",
        "#EXT-X-ENDLIST",
    ]


@pytest.mark.parametrize(
    ("seconds", "target"), [([4.0, 4.5], 5), ([4.0, 4.499], 4), ([0.04], 1), ([3.2, 12.6], 13)]
)
def test_no_segment_is_longer_than_the_target(seconds: list[float], target: int) -> None:
    rung = RUNGS["360p"].copy()
    rung["segments"] = [(each, 1000) for each in seconds]
    assert f"#EXT-X-TARGETDURATION:{target}\n" in hls.media(rung, "url")


@pytest.mark.parametrize(
    ("segments", "rate"),
    [
        ([(4.0, 1000), (4.0, 3000)], 6000),
        # A short rest at the end is no peak: it is fetched with the segment before it.
        ([(4.0, 1000), (4.0, 1000), (0.04, 1000)], 3960),
        ([(0.04, 1000)], 200_000),
        ([(0.2, 1000), (0.4, 500)], 20_000),
    ],
)
def test_the_peak_is_of_segments_near_the_target(
    segments: list[tuple[float, int]], rate: int
) -> None:
    assert hls.peak(segments) == rate


# ── Access ───────────────────────────────────────────────────────────────────


@pytest.fixture
def video(make_upload: MakeUpload, aws: MemoryAws, noon: float) -> Upload:
    """A video with playlists."""
    upload = make_upload(kind="video", status="ready")
    stored = {**clip_of(upload.upload_id), "hls": True}
    upload.change(Upload.media.set(stored), Upload.hls.set(RUNGS), condition=Upload.is_there())
    return upload


def play(url: str, name: str = "master.m3u8") -> tuple[int, str, dict[str, Any]]:
    """Fetch a playlist by its link, with no token: status, text, headers."""
    found = re.fullmatch(
        r"https://api\.example\.com/media/([^/]+)/master\.m3u8\?(.+)", url, re.DOTALL
    )
    assert found, url
    query = dict(part.partition("=")[::2] for part in found[2].split("&"))
    event = gateway_event(
        "GET /media/{upload_id}/{playlist}",
        path={"upload_id": found[1], "playlist": name},
        query=query,
    )
    answer = get_playlist.app(event, LambdaContext())
    return answer["statusCode"], answer["body"], answer["headers"]


def link_of(video: Upload) -> str:
    url = view(video.media)["hls_url"]
    assert url
    return url


def test_a_player_gets_all_playlists_without_a_token(video: Upload, aws: MemoryAws) -> None:
    url = link_of(video)
    status, text, headers = play(url)
    assert status == 200
    assert headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert headers["Cache-Control"] == "private, max-age=300"
    assert headers["Access-Control-Allow-Origin"] == "*"
    query = url.partition("?")[2]
    assert text == hls.master(RUNGS, query)
    status, text, _ = play(url, "360p.m3u8")
    assert status == 200
    assert text == hls.media(RUNGS["360p"], sign_url(video.media["variants"]["360p"]))


def test_playing_is_not_counted(video: Upload, settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RATE_PUBLIC", "1")
    url = link_of(video)
    for _ in range(3):
        status, _, headers = play(url)
        assert status == 200
        assert "X-RateLimit-Limit" not in headers


def test_a_link_is_the_same_within_its_hour_and_ends_with_the_urls(video: Upload) -> None:
    noon = now()
    with clock.stop_at(noon + 3599):
        url = link_of(video)
        end = clock.seconds(expires_at())
    assert url == link_of(video)
    assert end == noon + 7200
    with clock.stop_at(noon + 3600):
        assert link_of(video) != url
    with clock.stop_at(end - 1):
        status, _, headers = play(url)
        assert (status, headers["Cache-Control"]) == (200, "private, max-age=1")
        # The URLs in it expire with the link, not an hour later.
        text = play(url, "480p.m3u8")[1]
        assert "X-Amz-Date=20260105T130000Z&X-Amz-Expires=3600&" in text
    with clock.stop_at(end):
        assert refused(url)


def refused(url: str, name: str = "master.m3u8") -> bool:
    status, text, _ = play(url, name)
    return status == 404 and '"upload_not_found"' in text


def forged(url: str) -> Iterator[str]:
    """Links that are nearly right."""
    yield url.replace("expires=1767621600", "expires=1767625200")
    yield url.replace("expires=1767621600", "expires=01767621600")
    yield url.replace("expires=1767621600", "expires=")
    yield re.sub(r"&signature=.+", "", url)
    yield re.sub(r"signature=.+", "signature=", url)
    yield url[:-1]  # incomplete base64
    yield url[:-4]
    yield url[:-16]
    yield url[:-2] + ("AA" if url[-2:] != "AA" else "BB")
    yield url.replace("signature=", "signature=%0A")
    yield url.replace("signature=", "signature=\n")
    yield url.replace("signature=", "signature=é")
    yield re.sub(r"media/[^/]+/", f"media/{new_id()}/", url)
    yield re.sub(r"media/[^/]+/", "media/nothing/", url)


def test_a_forged_link_is_refused(video: Upload) -> None:
    url = link_of(video)
    links_tried = list(forged(url))
    assert url not in links_tried
    assert [link for link in links_tried if not refused(link)] == []


def test_a_signature_for_another_purpose_is_refused(video: Upload) -> None:
    """Cursors are signed with the same key."""
    message = f"{video.upload_id}.1767621600".encode()
    kid, signature = sign("cursors", "list_posts", message)
    text = playlist_links.urlsafe_b64encode(bytes.fromhex(kid) + signature[:17]).decode()
    url = link_of(video).partition("?")[0]
    assert refused(f"{url}?expires=1767621600&signature={text}")
    kid, signature = sign("cursors", "playlist", message)
    text = playlist_links.urlsafe_b64encode(bytes.fromhex(kid) + signature[:17]).decode()
    assert not refused(f"{url}?expires=1767621600&signature={text}")


@pytest.mark.parametrize(
    "name", ["720p.m3u8", "480p", "480p.mp4", "m3u8", ".m3u8", "480p.m3u8.m3u8", "%2e%2e"]
)
def test_there_are_no_other_playlists(video: Upload, name: str) -> None:
    assert refused(link_of(video), name)


def test_a_deleted_video_cannot_be_played(video: Upload) -> None:
    url = link_of(video)
    video.change(Upload.expires_at.set(int(now())), condition=Upload.is_there())
    assert refused(url)
    video.delete()
    assert refused(url)
    assert refused(url, "480p.m3u8")


def test_older_videos_and_pictures_have_no_playlist(make_upload: MakeUpload, noon: float) -> None:
    assert view(clip_of(new_id()))["hls_url"] is None
    upload = make_upload(kind="video", status="ready")
    assert refused(playlist_url(upload.upload_id) or "")


def test_a_deployment_without_public_url_gives_no_links(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("PUBLIC_URL", "")
    vars(config).clear()
    assert view({**clip_of(new_id()), "hls": True})["hls_url"] is None
