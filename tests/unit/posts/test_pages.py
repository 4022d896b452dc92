"""Pages of posts are at most as long as an answer may be, and lose nothing by it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.session import Session

from feeds import get_home_feed
from hashtags import list_tag_posts
from hashtags.models import HashtagPost
from posts import list_deleted, list_user_posts, list_user_tagged
from posts.models import Collaborator
from posts.pages import MOST_BYTES, fitting
from saved import get_collection
from shared.access.caller import Caller
from shared.aws import media_urls
from shared.clock import timestamp
from shared.encoding import to_json
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture, a_post, a_saved_post, call

CAROUSELS = 45  # of ten pictures: three pages
LONGEST = 6_291_556  # bytes of what a Lambda answers
TOKENS = {"short": 1_100, "long": 2_000}  # characters of a session token
LATER = "2026-02-04T12:00:00.000Z"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS in memory, a stopped clock, and no celebrities."""
    monkeypatch.setenv("CELEBRITY_THRESHOLD", "10000")


def a_carousel(author: Caller, **given: Any) -> str:
    return a_post(author, media=[processed()] * 10, caption='"' * 2_000, **given)


def processed() -> dict[str, Any]:
    """A picture with all that is made of one, and the longest text about it."""
    picture = a_picture(alt_text="語" * 1_000)
    folder = f"media/{picture['upload_id']}"
    sizes = ("original", "1080", "640", "320")
    return picture | {
        "variants": {size: f"{folder}/{size}.jpg" for size in sizes},
        "variants_webp": {size: f"{folder}/{size}.webp" for size in sizes},
        "thumbnail": f"{folder}/320.jpg",
    }


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


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("name", LISTS)
def test_a_page_of_carousels_is_short_and_its_cursor_continues(
    name: str, token: str, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("AWS_SESSION_TOKEN", "T" * TOKENS[token])
    fresh = Session()
    settings.setattr(media_urls, "session", lambda: fresh)
    handler, route, path, add = LISTS[name]
    caller = a_user()
    for _ in range(CAROUSELS):
        add(caller)
    cursor: str | None = ""
    pages: list[list[str]] = []
    sizes = []
    while cursor is not None:
        query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
        status, page = call(handler, route, caller, path=path, query=query)
        assert status == 200, page
        sizes.append(len(to_json({"body": to_json(page)}).encode()))
        pages.append([post["id"] for post in page["posts"]])
        cursor = page["next_cursor"]
    shown = [post_id for page in pages for post_id in page]
    assert max(sizes) < LONGEST
    assert min(sizes[:-1]) > 0.6 * LONGEST  # they are filled, not only kept short
    assert len(shown) == len(set(shown)) == CAROUSELS


def test_one_post_fits_whatever_it_holds() -> None:
    assert [
        fitting(sizes) for sizes in ([], [MOST_BYTES + 1], [1, MOST_BYTES], [MOST_BYTES - 1, 1, 1])
    ] == [1, 1, 1, 2]
