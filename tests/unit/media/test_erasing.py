"""Deleting the uploads of an erased account."""

from media.models import Upload
from media.on_user_erased import app
from tests.support.erasing import erase
from tests.support.memory_aws import MemoryAws


def test_its_uploads_are_deleted_even_in_use(aws: MemoryAws) -> None:
    moment = "2026-01-02T03:04:05.678Z"
    for upload_id, owner_id, post_id in (("1", "gone", "p"), ("2", "gone", None), ("3", "o", "p")):
        Upload(
            upload_id,
            owner_id=owner_id,
            kind="image",
            content_type="image/jpeg",
            object_key=f"uploads/image/{owner_id}/{upload_id}",
            post_id=post_id,
            created_at=moment,
            updated_at=moment,
        ).save()
    erase(app, "gone")
    [left] = aws.dynamo.items("hoshi-uploads")
    assert left["owner_id"] == {"S": "o"}
