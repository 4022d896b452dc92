"""Erasing the exports of a purged account."""

from typing import Any

import pytest

from exports import exports
from exports.models import Export
from exports.on_user_erased import app
from shared.config import config
from tests.support.erasing import erase
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join
from users.models import User


class FakeBucket:
    """The media bucket, which lists two objects a page."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    def list_objects_v2(self, **request: str) -> dict[str, Any]:
        assert request["Bucket"] == config.media_bucket
        found = sorted(key for key in self.keys if key.startswith(request["Prefix"]))
        if not found:
            return {"IsTruncated": False}  # S3 leaves out the contents of an empty page
        return {"Contents": [{"Key": key} for key in found[:2]], "IsTruncated": len(found) > 2}

    def delete_object(self, **request: str) -> None:
        assert request["Bucket"] == config.media_bucket
        self.keys.discard(request["Key"])


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> FakeBucket:
    fake = FakeBucket()
    monkeypatch.setattr(exports, "client", lambda service: {"s3": fake}[service])
    return fake


def keep_archives(bucket: FakeBucket, user: User, number: int) -> list[str]:
    """Store an export and archives of its attempts; return their keys."""
    exports.request_export(user.user_id)
    keys = [exports.new_key(user.user_id) for _ in range(number)]
    bucket.keys.update(keys)
    return keys


def test_the_export_and_all_archives_of_the_account_are_deleted(
    aws: MemoryAws, bucket: FakeBucket, join: Join
) -> None:
    erased, other = join("erased"), join("other")
    keep_archives(bucket, erased, 5)
    kept = keep_archives(bucket, other, 1)
    erase(app, erased.user_id)
    assert Export.find(erased.user_id) is None
    assert Export.find(other.user_id) is not None
    assert bucket.keys == set(kept)
    assert len(aws.sent["exports-user-erased"]) == 1, "a second pass deletes what was being written"


def test_a_repeated_event_deletes_nothing_more(
    aws: MemoryAws, bucket: FakeBucket, join: Join
) -> None:
    erased, other = join("erased"), join("other")
    kept = keep_archives(bucket, other, 1)
    for _ in range(2):
        erase(app, erased.user_id)
    assert bucket.keys == set(kept)
    assert Export.find(other.user_id) is not None
