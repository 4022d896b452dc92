"""Uploads whose file never comes, though a post waits for it."""

import pytest
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from media import fail_missing
from media.models import Upload
from media.uploads import attach
from shared.clock import stop_at
from shared.dynamodb.tables import transaction
from shared.ids import new_id
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import NOON
from tests.unit.media.conftest import MakeUpload

DAY = 24 * 3600


@pytest.fixture(autouse=True)
def removed(aws: MemoryAws, noon: float, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The objects that are removed; AWS in memory, and a stopped clock."""
    keys: list[str] = []
    monkeypatch.setattr(fail_missing, "remove_uploads", lambda found: keys.extend(found.values()))
    return keys


def attached(upload: Upload) -> Upload:
    with transaction() as write:
        attach(write, upload, new_id())
    return upload


def state(upload: Upload) -> tuple[str, str | None, int | None]:
    found = Upload.find(upload.upload_id)
    assert found is not None
    return found.status, found.error_code, found.awaited_until


def run() -> dict[str, int]:
    return fail_missing.app({}, LambdaContext(remaining=60_000))


def test_an_awaited_upload_fails_when_it_would_have_expired(
    make_upload: MakeUpload, removed: list[str]
) -> None:
    upload = attached(make_upload())
    with stop_at(NOON + DAY - 1):
        assert run() == {"purged": 0, "failed": 0}
        assert state(upload) == ("pending", None, NOON + DAY)
    with stop_at(NOON + DAY):
        assert run() == {"purged": 1, "failed": 0}
        assert state(upload) == ("failed", "media_missing", None)
        assert removed == [upload.object_key]
        assert run() == {"purged": 0, "failed": 0}, "once"


@pytest.mark.parametrize("status", ["processing", "ready", "failed"])
def test_a_file_that_came_at_the_last_moment_is_left_alone(
    make_upload: MakeUpload, removed: list[str], monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    upload, change = attached(make_upload()), Upload.change

    def change_late(self: Upload, *actions: Action, condition: Condition) -> None:
        Upload(self.upload_id).update(actions=[Upload.status.set(status)])
        change(self, *actions, condition=condition)

    monkeypatch.setattr(Upload, "change", change_late)
    with stop_at(NOON + DAY):
        assert run() == {"purged": 1, "failed": 0}
    assert state(upload)[:2] == (status, None)
    assert removed == []


def test_an_upload_that_no_post_waits_for_expires_by_itself(make_upload: MakeUpload) -> None:
    upload, used = make_upload(), attached(make_upload(status="ready"))
    with stop_at(NOON + 2 * DAY):
        assert run() == {"purged": 0, "failed": 0}
    assert [state(each)[0] for each in (upload, used)] == ["pending", "ready"]
