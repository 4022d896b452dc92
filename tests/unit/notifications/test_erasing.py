"""What happens to the notifications of an erased account."""

from notifications.models import Notification, NotificationStats
from notifications.on_user_erased import app
from tests.support.erasing import erase
from tests.support.memory_aws import MemoryAws


def test_its_list_and_its_count_are_deleted(aws: MemoryAws) -> None:
    for user_id, actor_id in (("gone", "other"), ("other", "gone")):
        Notification(
            user_id,
            "entry",
            type="post.liked",
            actor_id=actor_id,
            entity_id="post",
            created_at="2026-01-02T03:04:05.678Z",
            expires_at=1,
        ).save()
        NotificationStats(user_id, unread_count=1).save()
    erase(app, "gone")
    for table in ("notifications", "notification-stats"):
        [left] = aws.dynamo.items(f"hoshi-{table}")
        assert left["user_id"] == {"S": "other"}
