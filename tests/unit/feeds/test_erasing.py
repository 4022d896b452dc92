"""The home timeline of an erased account is deleted."""

from feeds.on_user_erased import app
from feeds.timelines import entry
from tests.support.erasing import erase
from tests.support.memory_aws import MemoryAws


def test_the_timeline_is_deleted(aws: MemoryAws) -> None:
    for number in range(3):
        entry("gone", f"post-{number}", "author").save()
    entry("other", "post-0", "author").save()
    erase(app, "gone")
    [entry_of_other] = aws.dynamo.items("hoshi-timelines")
    assert entry_of_other["user_id"] == {"S": "other"}
