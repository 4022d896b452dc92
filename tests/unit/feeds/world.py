"""Users, posts and feeds for the tests of feeds; tables are filled as their services fill them."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from feeds.discovery_index import sync_explore, sync_reels
from posts.models import Post
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.ids import derived_id
from tests.support.accounts import a_user as a_user
from tests.support.gateway import LambdaContext, gateway_event
from users.models import Relationship, edge

type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

_made = iter(range(1_000_000))


def a_post(author: Caller, age: float = 0, **given: Any) -> str:
    """A post that is so many seconds old."""
    moment = now() - age
    post_id = derived_id(moment, author.user_id, str(next(_made)))
    values = {
        "author_id": author.user_id,
        "author_username": author.username,
        "media": [],
        "created_at": timestamp(moment),
        "updated_at": timestamp(moment),
        **given,
    }
    if values.get("is_reel"):
        values["reel_author_id"] = author.user_id
    Post(post_id, **values).save()
    return post_id


def synced_post(author: Caller, age: float = 0, **given: Any) -> str:
    """A post that is in the discovery index."""
    post_id = a_post(author, age, **given)
    sync_explore([post_id])
    sync_reels([post_id])
    return post_id


def relate(one: Caller, kind: Any, other: Caller, is_active: bool = True) -> None:
    """Store one half of an edge."""
    moment = timestamp()
    Relationship(
        one.user_id,
        edge(kind, other.user_id),
        is_active=is_active,
        since=moment,
        updated_at=moment,
    ).save()


def collaborator(person: Caller, status: str = "accepted") -> dict[str, str]:
    """A collaborator as a post stores them."""
    return {"user_id": person.user_id, "status": status, "since": timestamp()}


def page_of(app: Handler, route: str, reader: Caller, **query: str) -> dict[str, Any]:
    """A page of a feed."""
    answer = app(gateway_event(route, caller=reader, query=query or None), LambdaContext())
    assert answer["statusCode"] == 200, answer["body"]
    return dict(json.loads(answer["body"]))


def all_of(
    app: Handler,
    route: str,
    reader: Caller,
    between_pages: Callable[[], object] = lambda: None,
    **query: str,
) -> list[str]:
    """The post ids of a feed, page by page to its end; all pages but the last are full."""
    found: list[str] = []
    for _ in range(1000):
        page = page_of(app, route, reader, **query)
        found += ids(page)
        between_pages()
        if page["next_cursor"] is None:
            return found
        assert len(page["posts"]) == int(query.get("limit", 20)), "a page before the last is full"
        query["cursor"] = page["next_cursor"]
    raise AssertionError("the feed does not end")


def ids(page: dict[str, Any]) -> list[str]:
    return [post["id"] for post in page["posts"]]


def kinds(page: dict[str, Any]) -> Sequence[str]:
    return [post["reason"]["kind"] for post in page["posts"]]
