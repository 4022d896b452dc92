"""Held uploads: what a snapshot shows outlives the upload, and nothing outlives the last hold."""

from typing import Any

import pytest

from media import holds
from media.models import HeldUpload, Upload
from media.on_media_changed import app
from shared.dynamodb.tables import transaction
from shared.ids import new_id
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.streams import batch, stream_record
from tests.unit.media.conftest import MakeUpload


class Files:
    """Which files were removed: whole uploads and renditions, by upload, and single keys."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.uploads: list[str] = []
        self.renditions: list[str] = []
        self.keys: list[str] = []
        monkeypatch.setattr(holds, "remove_uploads", self.uploads.extend)
        monkeypatch.setattr(holds, "remove_renditions", self.renditions.extend)
        monkeypatch.setattr(holds, "remove_objects", self.keys.extend)


@pytest.fixture
def files(aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> Files:
    return Files(monkeypatch)


def hold(upload: Upload, holder_id: str) -> HeldUpload:
    with transaction() as write:
        holds.hold(write, [upload.upload_id], holder_id)
    return HeldUpload.get(upload.upload_id, holder_id)


def removed(item: Any) -> None:
    """Delete the item, and deliver the record of that twice."""
    item.delete()
    for _ in range(2):
        event = batch(stream_record(1, old=item))
        assert app(event, LambdaContext()) == {"batchItemFailures": []}


def test_a_held_upload_leaves_its_renditions(files: Files, make_upload: MakeUpload) -> None:
    held, free = (make_upload(status="ready") for _ in range(2))
    hold(held, new_id())
    removed(held)
    removed(free)
    assert files.uploads == [free.upload_id] * 2
    assert files.keys == [held.object_key] * 2  # as it was uploaded, it is shown to no one


def test_the_last_hold_takes_the_renditions_with_it(files: Files, make_upload: MakeUpload) -> None:
    upload = make_upload(status="ready")
    first, second = hold(upload, new_id()), hold(upload, new_id())
    removed(upload)
    removed(first)
    assert files.renditions == []
    removed(second)
    assert files.renditions == [upload.upload_id] * 2


def test_an_upload_that_is_there_keeps_its_files(files: Files, make_upload: MakeUpload) -> None:
    upload = make_upload(status="ready")
    held = hold(upload, new_id())
    holds.release([upload.upload_id], held.holder_id)
    assert HeldUpload.find(upload.upload_id, held.holder_id) is None
    removed(held)
    assert files.renditions == []
