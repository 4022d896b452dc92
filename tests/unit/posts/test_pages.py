"""Pages of posts are at most as long as an answer may be, and lose nothing by it."""

from collections.abc import Callable
from typing import Any

import pytest

from feeds import get_home_feed
from hashtags import list_tag_posts
from hashtags.models import HashtagPost
from posts import list_deleted, list_user_posts, list_user_tagged
from posts.models import Collaborator
from posts.pages import MOST_MEDIA, fitting
from saved import get_collection
from shared.access.caller import Caller
from shared.clock import timestamp
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture, a_post, a_saved_post, call

CAROUSELS = 45  # of ten pictures: five more than fit
LATER = "2026-02-04T12:00:00.000Z"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS in memory, a stopped clock, and no celebrities."""
    monkeypatch.setenv("CELEBRITY_THRESHOLD", "10000")


def a_carousel(author: Caller, **given: Any) -> str:
    return a_post(author, media=[a_picture()] * 10, **given)


def deleted(author: Caller) -> None:
    given = {"deleted_at": timestamp(), "deleted_author_id": author.user_id, "purge_at": LATER}
    a_carousel(author, **given)


def tagged(author: Caller) -> None:
    collaborator = {"user_id": author.user_id, "status": "accepted", "since": timestamp()}
    other = a_user()
    post_id = a_carousel(other, collaborators=[collaborator])
    Collaborator(post_id, author_id=other.user_id, **collaborator).save()


def saved(author: Caller) -> None:
    a_saved_post(author, a_carousel(author), author)


def with_a_tag(author: Caller) -> None:
    HashtagPost("ski", a_carousel(author), author_id=author.user_id, is_public=True).save()


LISTS: dict[str, tuple[Any, str, dict[str, str], Callable[[Caller], Any]]] = {
    "an author's": (list_user_posts, "GET /users/{user}/posts", {"user": "me"}, a_carousel),
    "deleted": (list_deleted, "GET /posts/deleted", {}, deleted),
    "tagged": (list_user_tagged, "GET /users/{user}/tagged", {"user": "me"}, tagged),
    "saved": (
        get_collection,
        "GET /collections/{collection_id}",
        {"collection_id": "default"},
        saved,
    ),
    "with a tag": (list_tag_posts, "GET /hashtags/{tag}/posts", {"tag": "ski"}, with_a_tag),
    "home": (get_home_feed, "GET /feed/home", {}, a_carousel),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_page_of_carousels_is_short_and_its_cursor_continues(name: str) -> None:
    handler, route, path, add = LISTS[name]
    caller = a_user()
    for _ in range(CAROUSELS):
        add(caller)
    cursor: str | None = ""
    pages: list[list[str]] = []
    while cursor is not None:
        query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
        status, page = call(handler, route, caller, path=path, query=query)
        assert status == 200, page
        assert sum(len(post["media"]) for post in page["posts"]) <= MOST_MEDIA
        pages.append([post["id"] for post in page["posts"]])
        cursor = page["next_cursor"]
    shown = [post_id for page in pages for post_id in page]
    assert [len(page) for page in pages] == [40, 5]
    assert len(set(shown)) == CAROUSELS


def test_one_post_fits_whatever_it_holds() -> None:
    assert [fitting(media) for media in ([], [500], [10, 500], [200, 200, 1])] == [1, 1, 1, 2]
