"""Videos from the form to the files that are served."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from media import (
    delete_upload,
    get_upload,
    on_media_changed,
    on_processing_failed,
    on_video_uploaded,
)
from media.errors import ProcessingFailed
from media.models import Upload
from media.processing import NoLongerNeeded
from media.public import upload_frames
from media.s3_objects import keys_of
from media.scratch import scratch_directory
from media.uploads import attach, stored_media
from media.video import ladder
from posts import on_media_ready
from posts.models import Post
from shared.access.caller import Caller
from shared.aws.clients import client
from shared.dynamodb.tables import transaction
from shared.ids import new_id
from shared.messaging.queues import queue_url
from shared.realtime.frame_log import LoggedFrame
from tests.integration.media.conftest import (
    Bucket,
    Log,
    a_user,
    arrive,
    call,
    deliver,
    event_of,
    upload_file,
    upload_of,
)
from tests.integration.posts.world import a_post, consume, stream_records, take
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.unit.media.samples import H264, clip, described, facts, picture, sound

pytestmark = pytest.mark.usefixtures("bucket")


@pytest.fixture(scope="session")
def short_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """1.5 s of 160 × 90 with sound."""
    path = tmp_path_factory.mktemp("clips") / "short.mp4"
    return clip(path, *picture("160x90"), *sound(), *H264, "-shortest").read_bytes()


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Every progress that is written for an upload."""
    percents: list[int] = []
    change = Upload.change

    def recording(self: Upload, *actions: Any, **given: Any) -> None:
        change(self, *actions, **given)
        percents.append(self.progress)

    monkeypatch.setattr(Upload, "change", recording)
    return percents


def test_a_real_clip_becomes_three_renditions_with_sound(
    bucket: Bucket, real_clip: bytes, progress: list[int], tmp_path: Path
) -> None:
    owner = a_user()
    upload = arrive(upload_file(owner, real_clip, "video/mp4", purpose="reel"), seconds=300)
    _, shape = call(get_upload.app, owner, path={"upload_id": upload.upload_id})
    assert (shape["status"], shape["width"], shape["height"]) == ("ready", 1280, 720)
    assert shape["duration"] == pytest.approx(5.3, abs=0.1)
    assert list(shape["variants"]) == ["720p", "480p", "360p"]
    sizes = {"720p": "1280x720", "480p": "854x480", "360p": "640x360"}
    for name, url in shape["variants"].items():
        answer = httpx.get(url)
        assert answer.headers["content-type"] == "video/mp4"
        path = tmp_path / f"{name}.mp4"
        path.write_bytes(answer.content)
        found = facts(path)
        assert (found["codec_id 0"], found["codec_id 1"]) == ("h264", "aac")
        assert found["dimensions 0"] == sizes[name]
        assert "location" not in described(path)
    assert httpx.get(shape["thumbnail_url"]).headers["content-type"] == "image/jpeg"
    assert httpx.get(shape["preview_url"]).headers["content-type"] == "image/webp"
    assert sorted(bucket.keys(upload)) == sorted(keys_of(upload.media))
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0, 100)
    assert len(set(progress)) > 3


def test_progress_never_falls_when_it_is_tried_again(
    bucket: Bucket, short_clip: bytes, progress: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = upload_file(a_user(), short_clip, "video/mp4")
    write = ladder.write
    with monkeypatch.context() as patch:
        patch.setattr(ladder, "write", broken_at(60))
        with pytest.raises(ProcessingFailed):
            arrive(upload)
    assert upload_of(upload.upload_id).progress == 57  # 60 % of the ladder's 95 %

    def in_small_steps(video: Any, into: Path, *, seconds: float, on_progress: Any) -> Any:
        made = write(video, into, seconds=seconds, on_progress=lambda _: None)
        for percent in range(0, 101, 5):
            on_progress(percent)
        return made

    monkeypatch.setattr(ladder, "write", in_small_steps)
    assert arrive(upload).status == "ready"
    assert progress == sorted(progress)
    assert progress[-1] == 100


def broken_at(percent: int) -> Any:
    def write(*_: Any, on_progress: Any, **__: Any) -> Any:
        on_progress(percent)
        raise ProcessingFailed("The file took too long to process.")

    return write


@pytest.mark.parametrize(
    ("purpose", "limit"),
    [
        ("post", "MAX_VIDEO_SECONDS"),
        ("reel", "MAX_REEL_SECONDS"),
        ("story", "MAX_STORY_SECONDS"),
        ("message", "MAX_STORY_SECONDS"),
    ],
)
def test_each_purpose_has_its_length(
    bucket: Bucket,
    short_clip: bytes,
    limits: pytest.MonkeyPatch,
    purpose: str,
    limit: str,
) -> None:
    limits.setenv(limit, "1")
    upload = arrive(upload_file(a_user(), short_clip, "video/mp4", purpose=purpose))
    assert (upload.status, upload.error_code) == ("failed", "media_too_long")
    assert "1 seconds" in (upload.error or "")
    assert bucket.keys(upload) == []


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Parameters that a test may change."""
    return monkeypatch


PLAYLIST = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"


@pytest.mark.parametrize(
    ("data", "content_type", "code"),
    [
        (PLAYLIST, "video/mp4", "media_type_mismatch"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + PLAYLIST, "video/mp4", "media_unreadable"),
        (b"\x1a\x45\xdf\xa3\x9fB\x82\x84webm" + b"\xff" * 4000, "video/webm", "media_unreadable"),
        (b"GIF89a" + b"\0" * 60, "video/mp4", "media_type_mismatch"),
    ],
    ids=["playlist", "playlist in disguise", "noise", "picture"],
)
def test_hostile_files_end_as_failed(
    bucket: Bucket, data: bytes, content_type: str, code: str
) -> None:
    upload = arrive(upload_file(a_user(), data, content_type))
    assert (upload.status, upload.error_code) == ("failed", code)
    assert "passwd" not in (upload.error or "")
    assert bucket.keys(upload) == []


def test_a_cut_clip_is_unreadable(bucket: Bucket, short_clip: bytes) -> None:
    upload = arrive(upload_file(a_user(), short_clip[: len(short_clip) // 2], "video/mp4"))
    assert (upload.status, upload.error_code) == ("failed", "media_unreadable")
    assert bucket.keys(upload) == []


def test_a_clip_without_an_index_is_unreadable_and_the_log_says_why(
    bucket: Bucket, short_clip: bytes, log: Log
) -> None:
    upload = arrive(upload_file(a_user(), short_clip.replace(b"moov", b"junk"), "video/mp4"))
    assert (upload.status, upload.error_code) == ("failed", "media_unreadable")
    [line] = [each for each in log.lines if each["message"] == "media"]
    assert (line["outcome"], line["code"], line["attempt"]) == ("failed", "media_unreadable", 1)
    assert any("moov atom not found" in said for said in line["ffmpeg"])
    assert "moov" not in (upload.error or "")


@pytest.mark.parametrize("end", ["ready", "failed"])
def test_a_reel_ends_as_its_video_does_and_its_owner_is_notified(
    bucket: Bucket, short_clip: bytes, end: str
) -> None:
    owner = a_user()
    upload = upload_file(
        owner, short_clip if end == "ready" else PLAYLIST, "video/mp4", purpose="reel"
    )
    upload.change(Upload.status.set("processing"), condition=Upload.is_there())
    post_id = a_post(owner, media=[dict(stored_media(upload))], status="processing", is_reel=True)
    with transaction() as write:
        attach(write, upload, post_id)
    assert arrive(upload).status == end
    records = stream_records("uploads", upload.upload_id)
    for _ in range(2):  # a batch may come again
        answer = on_media_changed.app({"Records": records}, LambdaContext())
        assert answer == {"batchItemFailures": []}
    logged = [frame.reference for frame in LoggedFrame.query(owner.user_id) if frame.reference]
    assert {frame.event for frame in logged} == {f"media.{end}"}
    [data] = upload_frames(owner.user_id, logged).values()
    assert (data["post_id"], data["upload"]["status"]) == (post_id, end)
    messages = take(
        "posts-media-ready", lambda event: event["data"]["upload_id"] == upload.upload_id
    )
    consume(on_media_ready.app, *(message["body"] for message in messages))
    post = Post.find(post_id, consistent=True)
    assert post is not None
    assert (post.status, post.media[0]["status"]) == (end, end)


def test_no_time_left_is_tried_again_and_fails_at_last(bucket: Bucket, short_clip: bytes) -> None:
    upload = upload_file(a_user(), short_clip, "video/mp4")
    for _ in range(3):
        with pytest.raises(ProcessingFailed):
            arrive(upload, seconds=20)
    failed = upload_of(upload.upload_id)
    assert (failed.status, failed.error_code, failed.attempts) == ("failed", "processing_failed", 3)
    assert bucket.keys(upload) == []


@pytest.fixture
def own_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A /tmp that only the work under test uses."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_cancelling_stops_the_work_between_two_steps(
    bucket: Bucket, short_clip: bytes, own_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slow the work on a long video is, it checks every few seconds."""
    owner = a_user()
    upload = upload_file(owner, short_clip, "video/mp4")
    clock, beats = count(step=1), list[float]()
    monkeypatch.setattr(on_video_uploaded, "monotonic", lambda: float(next(clock)))

    def endless(video: Any, into: Path, *, seconds: float, on_progress: Any) -> Any:
        (into / "720p").write_bytes(b"half")
        assert call(delete_upload.app, owner, path={"upload_id": upload.upload_id})[0] == 200
        for beat in range(100):
            beats.append(beat)
            on_progress(3)
        raise AssertionError("the work went on")

    monkeypatch.setattr(ladder, "write", endless)
    deliver(upload)
    assert len(beats) <= 3
    assert Upload.find(upload.upload_id, consistent=True) is None
    assert bucket.keys(upload) == []
    assert list(own_tmp.iterdir()) == []


def test_cancelling_ends_a_real_ffmpeg(
    bucket: Bucket, real_clip: bytes, own_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = a_user()
    upload = upload_file(owner, real_clip, "video/mp4")
    monkeypatch.setattr(on_video_uploaded, "_CHECK_EVERY", 0)
    ended: list[BaseException] = []
    check = on_video_uploaded.check_still_needed

    def deleting(checked: Upload) -> None:
        Upload(upload.upload_id).delete()
        try:
            check(checked)
        except NoLongerNeeded as error:
            ended.append(error)
            raise

    monkeypatch.setattr(on_video_uploaded, "check_still_needed", deleting)
    deliver(upload, seconds=300)
    assert len(ended) == 1
    assert bucket.keys(upload) == []
    assert list(own_tmp.iterdir()) == []


WORKER = """
import json, signal, sys
from media import on_video_uploaded
from tests.support.gateway import LambdaContext

def stay(percent):
    print("at work", flush=True)
    signal.pause()

on_video_uploaded._progress_of = lambda upload: stay
on_video_uploaded.app(json.loads(sys.argv[1]), LambdaContext(remaining=300_000))
"""


def test_a_worker_that_is_killed_leaves_nothing_and_the_next_one_finishes(
    bucket: Bucket, real_clip: bytes, own_tmp: Path
) -> None:
    """As when a Lambda runs out of memory or time: the same event is delivered again."""
    owner = a_user()
    upload = upload_file(owner, real_clip, "video/mp4")
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, json.dumps(event_of(upload))],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(own_tmp)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout is not None
        assert "at work\n" in worker.stdout
    finally:
        worker.kill()
        worker.communicate()
    assert upload_of(upload.upload_id).status == "processing"
    [left] = own_tmp.glob("media-*")
    os.utime(left, (0, 0))  # as if it were old
    made = arrive(upload, seconds=300)
    assert (made.status, made.attempts) == ("ready", 2)
    assert sorted(bucket.keys(made)) == sorted(keys_of(made.media))
    assert list(own_tmp.iterdir()) == []


def test_a_scratch_directory_in_use_is_not_removed(own_tmp: Path) -> None:
    with scratch_directory() as busy:
        os.utime(busy, (0, 0))
        with scratch_directory() as other:
            assert busy.is_dir()
            assert other != busy
    assert list(own_tmp.iterdir()) == []


def test_an_upload_whose_worker_is_always_killed_fails(bucket: Bucket, short_clip: bytes) -> None:
    upload = upload_file(a_user(), short_clip, "video/mp4")
    sequencer = event_of(upload)["Records"][0]["s3"]["object"]["sequencer"]
    dead = (Upload.status.set("processing"), Upload.worker.set(sequencer), Upload.attempts.set(2))
    upload.change(*dead, condition=Upload.status == "pending")
    with pytest.raises(ProcessingFailed):
        arrive(upload)
    failed = upload_of(upload.upload_id)
    assert (failed.status, failed.error_code) == ("failed", "processing_failed")
    assert bucket.keys(upload) == []


def dead_letters() -> list[str]:
    """The messages in the queue of dead invocations, removed from it."""
    answer = client("sqs").receive_message(
        QueueUrl=queue_url("invocations-dead"), MaxNumberOfMessages=10
    )
    for message in answer.get("Messages", []):
        client("sqs").delete_message(
            QueueUrl=queue_url("invocations-dead"), ReceiptHandle=message["ReceiptHandle"]
        )
    return [message["Body"] for message in answer.get("Messages", [])]


def given_up(upload: Upload) -> dict[str, Any]:
    """The message that Lambda sends after the last attempt on an upload."""
    event = load_event("media", "on_processing_failed")
    [record] = event["Records"]
    body = json.loads(record["body"]) | {"requestPayload": event_of(upload)}
    record["body"] = json.dumps(body)
    return event


def test_a_last_attempt_that_is_killed_fails_the_upload(bucket: Bucket, short_clip: bytes) -> None:
    """The attempts before it ended by themselves, and so were not counted as killed."""
    upload = upload_file(a_user(), short_clip, "video/mp4")
    event = given_up(upload)
    sequencer = event_of(upload)["Records"][0]["s3"]["object"]["sequencer"]
    dead = (Upload.status.set("processing"), Upload.worker.set(sequencer), Upload.attempts.set(3))
    upload.change(*dead, condition=Upload.status == "pending")
    dead_letters()
    assert on_processing_failed.app(event, LambdaContext()) == {"batchItemFailures": []}
    failed = upload_of(upload.upload_id)
    assert (failed.status, failed.error_code) == ("failed", "processing_failed")
    assert bucket.keys(upload) == []
    assert dead_letters() == [event["Records"][0]["body"]]


@pytest.mark.parametrize("attempts", [0, 2])
def test_what_lambda_could_not_start_for_hours_fails(
    bucket: Bucket, short_clip: bytes, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    """For lack of capacity: never, or not again after a fault of ours."""
    upload = upload_file(a_user(), short_clip, "video/mp4")

    def broken(*_: Any, **__: Any) -> Any:
        raise OSError("the disk is full")

    monkeypatch.setattr(ladder, "write", broken)
    for _ in range(attempts):
        with pytest.raises(OSError, match="full"):
            deliver(upload)
    assert upload_of(upload.upload_id).attempts == attempts
    assert on_processing_failed.app(given_up(upload), LambdaContext()) == {"batchItemFailures": []}
    failed = upload_of(upload.upload_id)
    assert (failed.status, failed.error_code) == ("failed", "processing_failed")
    assert bucket.keys(upload) == []


def test_giving_up_one_event_does_not_affect_another(bucket: Bucket, short_clip: bytes) -> None:
    upload = upload_file(a_user(), short_clip, "video/mp4")
    begun = (Upload.status.set("processing"), Upload.worker.set("another"))
    upload.change(*begun, condition=Upload.status == "pending")
    on_processing_failed.app(given_up(upload), LambdaContext())
    assert upload_of(upload.upload_id).status == "processing"
    assert bucket.keys(upload) == [upload.object_key]


def test_giving_up_changes_no_finished_upload(bucket: Bucket, short_clip: bytes) -> None:
    upload = arrive(upload_file(a_user(), short_clip, "video/mp4"))
    dead_letters()
    on_processing_failed.app(given_up(upload), LambdaContext())
    assert upload_of(upload.upload_id).serialize() == upload.serialize()
    call(
        delete_upload.app,
        Caller(upload.owner_id, "owner", new_id(), "user", "full"),
        path={"upload_id": upload.upload_id},
    )
    assert on_processing_failed.app(given_up(upload), LambdaContext()) == {"batchItemFailures": []}
    assert len(dead_letters()) == 2


def test_an_event_that_is_delivered_twice_is_processed_once(
    bucket: Bucket, short_clip: bytes
) -> None:
    upload = arrive(upload_file(a_user(), short_clip, "video/mp4"))
    again = arrive(upload)
    assert (again.attempts, again.updated_at) == (1, upload.updated_at)
    assert sorted(bucket.keys(again)) == sorted(keys_of(again.media))


def test_a_clip_deleted_during_the_work_is_not_stored(
    bucket: Bucket, real_clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = a_user()
    upload = upload_file(owner, real_clip, "video/mp4")
    write = ladder.write

    def deleting(video: Any, into: Path, *, seconds: float, on_progress: Any) -> Any:
        assert call(delete_upload.app, owner, path={"upload_id": upload.upload_id})[0] == 200
        return write(video, into, seconds=seconds, on_progress=on_progress)

    monkeypatch.setattr(ladder, "write", deleting)
    deliver(upload, seconds=300)
    assert Upload.find(upload.upload_id, consistent=True) is None
    assert bucket.keys(upload) == []
