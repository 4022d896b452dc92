"""What becomes of the home feed of an account that is gone."""

from feeds.on_user_erased import app
from feeds.timelines import entry
from tests.support.erasing import erase
from tests.support.memory_aws import MemoryAws


def test_its_timeline_goes(aws: MemoryAws) -> None:
    for number in range(3):
        entry("gone", f"post-{number}", "author").save()
    entry("other", "post-0", "author").save()
    erase(app, "gone")
    [left] = aws.dynamo.items("hoshi-timelines")
    assert left["user_id"] == {"S": "other"}
