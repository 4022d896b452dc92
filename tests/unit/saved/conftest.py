"""Users who save posts, with AWS in memory."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from posts.models import Post
from saved.models import Collection, SavedPost
from saved.on_saved_changed import app as stream_app
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import Table
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.streams import batch, stream_record

type Call = Callable[..., tuple[int, Any]]


@pytest.fixture(autouse=True)
def saved_settings(settings: pytest.MonkeyPatch, aws: MemoryAws) -> None:
    settings.setenv("MAX_COLLECTIONS", "3")


@pytest.fixture
def call() -> Call:
    """Call a Lambda as a user; returns status and body."""

    def make(
        app: Endpoint, who: Caller, route: str = "", /, headers: Any = None, **given: Any
    ) -> tuple[int, Any]:
        canonical = app.declaration.routes[0]
        route = route or f"{canonical.method} {canonical.path}"
        path = {name: given.pop(name) for name in list(given) if f"{{{name}}}" in route}
        event = gateway_event(route, path=path, caller=who, headers=headers, **given)
        answer = app(event, LambdaContext())
        return answer["statusCode"], json.loads(answer["body"])

    return make


def a_post(author: Caller, **given: Any) -> str:
    """A post in its table, with no events."""
    post_id, moment = new_id(), timestamp()
    Post(
        post_id,
        **{
            "author_id": author.user_id,
            "author_username": author.username,
            "media": [],
            "thumbnail_key": f"media/{post_id}/thumbnail.jpg",
            "created_at": moment,
            "updated_at": moment,
            **given,
        },
    ).save()
    return post_id


def change_post(post_id: str, **given: Any) -> None:
    """Set attributes of a post."""
    post = Post.find(post_id)
    assert post is not None
    for name, value in given.items():
        setattr(post, name, value)
    post.save()


def entries(owner: Caller) -> list[SavedPost]:
    """All entries of a user's collections."""
    return list(SavedPost.query(owner.user_id))


def count_of(owner: Caller, key: str) -> int:
    """The stored count of a collection."""
    collection = Collection.find(owner.user_id, key)
    return collection.post_count if collection else 0


def run_stream(*removed: Table) -> None:
    """Deliver the records of removed items to the stream Lambda."""
    records = [stream_record(number, old=item) for number, item in enumerate(removed, 1)]
    assert stream_app(batch(*records), LambdaContext()) == {"batchItemFailures": []}
