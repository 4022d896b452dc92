"""Posts with tags in memory, with the events, stream records and jobs that follow from them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from hashtags.index_tag import app as index_app
from hashtags.models import Hashtag, HashtagPost, PostTags
from hashtags.on_hashtags_changed import app as stream_app
from hashtags.on_post_created import app as posts_app
from posts.models import Post
from shared import clock
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import Table
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.events import load_event
from tests.support.memory_aws import MemoryAws
from tests.support.streams import batch, stream_record

type Call = Callable[..., tuple[int, dict[str, Any]]]


class World:
    """Posts, and the consumers of their events."""

    def __init__(self, aws: MemoryAws) -> None:
        self.aws = aws
        self.author = a_user()
        self._known: dict[type[Table], dict[tuple[str, ...], Table]] = {
            Hashtag: {},
            HashtagPost: {},
        }
        self._sequence = 0

    def post(self, caption: str, author: Caller | None = None, **given: Any) -> str:
        """A post whose event the service has handled."""
        who, post_id, moment = author or self.author, new_id(), timestamp()
        Post(
            post_id,
            **{
                "author_id": who.user_id,
                "author_username": who.username,
                "caption": caption,
                "media": [],
                "created_at": moment,
                "updated_at": moment,
                **given,
            },
        ).save()
        self.publish("post.created", post_id)
        return post_id

    def edit(self, post_id: str, event: str = "post.updated", **values: Any) -> None:
        """Change a post, and let the service handle the event."""
        post = Post.find(post_id)
        assert post
        for name, value in values.items():
            setattr(post, name, value)
        post.save()
        self.publish(event, post_id, sorted(values))

    def publish(self, event: str, post_id: str, changed: list[str] | None = None) -> None:
        given = load_event("hashtags", "on_post_created")
        body = json.loads(given["Records"][0]["body"])
        body["type"] = event
        body["data"] |= {"post_id": post_id, "changed": changed or []}
        given["Records"][0]["body"] = json.dumps(body)
        assert posts_app(given, None) == {"batchItemFailures": []}
        self.run_streams()

    def run_streams(self) -> None:
        """Deliver the stream records of all changes, and run the jobs that follow."""
        for model in (HashtagPost, Hashtag):
            records = self._changes(model)
            if records:
                stream_app(batch(*records), None)
        for job in self.aws.sent.pop("tag-search", []):
            given = load_event("hashtags", "index_tag")
            given["Records"][0]["body"] = job
            assert index_app(given, None) == {"batchItemFailures": []}

    def _changes(self, model: type[Table]) -> list[dict[str, Any]]:
        now = {
            tuple(value["S"] for value in item.key().values()): item
            for raw in self.aws.dynamo.items(model.Meta.table_name)
            for item in [model.from_raw_data(raw)]
        }
        before, self._known[model] = self._known[model], now
        records = []
        for key in sorted({*before, *now}):
            old, new = before.get(key), now.get(key)
            if (old and old.serialize()) != (new and new.serialize()):
                self._sequence += 1
                record = stream_record(self._sequence, old=old, new=new)
                record["dynamodb"]["ApproximateCreationDateTime"] = clock.now()
                records.append(record)
        return records

    def count(self, tag: str) -> int:
        hashtag = Hashtag.find(tag)
        return hashtag.post_count if hashtag else 0

    def tags_of(self, post_id: str) -> set[str]:
        """The tags under which a post is stored; its record has the same."""
        stored = {
            item["tag"]["S"]
            for item in self.aws.dynamo.items("hoshi-hashtag-posts")
            if item["post_id"]["S"] == post_id
        }
        record = PostTags.find(post_id)
        assert stored == set(record.tags if record else [])
        return stored


@pytest.fixture
def world(aws: MemoryAws, noon: float) -> World:
    return World(aws)
