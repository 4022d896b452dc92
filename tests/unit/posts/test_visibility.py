"""The visibility rule as a table: every kind of post for every kind of viewer."""

from dataclasses import dataclass

import pytest

from posts.visibility import Author, ViewerAccess, audience_of, may_see


@dataclass
class Given:
    """What the rule needs to know of a post."""

    visibility: str = "public"
    status: str = "ready"
    deleted_at: str | None = None


PUBLIC, PRIVATE = Author(True, is_private=False), Author(True, is_private=True)
VIEWERS = {
    "author": ViewerAccess(owns=True),
    "close friend": ViewerAccess(follows=True, is_close_friend=True),
    "close friend who does not follow": ViewerAccess(is_close_friend=True),
    "follower": ViewerAccess(follows=True),
    "non-follower": ViewerAccess(),
}
# Who sees a ready post of an account that is not hidden; nobody else does.
SEEN_BY = [
    (PUBLIC, "public", set(VIEWERS)),
    (PUBLIC, "followers", {"author", "follower", "close friend"}),
    (PUBLIC, "close_friends", {"author", "close friend", "close friend who does not follow"}),
    (PUBLIC, "private", {"author"}),
    (PRIVATE, "public", {"author", "follower", "close friend"}),
    (PRIVATE, "followers", {"author", "follower", "close friend"}),
    (PRIVATE, "close_friends", {"author", "close friend", "close friend who does not follow"}),
    (PRIVATE, "private", {"author"}),
    (PUBLIC, "a visibility of a later version", {"author"}),
]


@pytest.mark.parametrize(("author", "visibility", "seen_by"), SEEN_BY)
@pytest.mark.parametrize("viewer", VIEWERS)
def test_audience(viewer: str, author: Author, visibility: str, seen_by: set[str]) -> None:
    assert may_see(Given(visibility), author, VIEWERS[viewer]) == (viewer in seen_by)


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("status", ["processing", "failed"])
def test_only_authors_see_posts_that_are_not_ready(viewer: str, status: str) -> None:
    assert may_see(Given(status=status), PUBLIC, VIEWERS[viewer]) == (viewer == "author")


@pytest.mark.parametrize("viewer", VIEWERS)
def test_deleted_posts_are_gone_for_everyone(viewer: str) -> None:
    deleted = Given(deleted_at="2026-01-02T03:04:05.678Z")
    assert not may_see(deleted, PUBLIC, VIEWERS[viewer])


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("is_private", [False, True])
def test_only_hidden_authors_themselves_see_their_posts(viewer: str, is_private: bool) -> None:
    hidden = Author(False, is_private=is_private)
    assert may_see(Given(), hidden, VIEWERS[viewer]) == (viewer == "author")


def test_an_author_who_is_gone_has_no_posts() -> None:
    assert not may_see(Given(), None, ViewerAccess(follows=True))


@pytest.mark.parametrize("access", VIEWERS.values())
def test_blocks_hide_everything(access: ViewerAccess) -> None:
    blocked = ViewerAccess(access.owns, access.follows, access.is_close_friend, is_blocked=True)
    assert may_see(Given(), PUBLIC, blocked) == access.owns


@pytest.mark.parametrize(
    ("visibility", "is_private", "audience"),
    [
        ("public", False, "public"),
        ("public", True, "followers"),
        ("followers", False, "followers"),
        ("close_friends", True, "close_friends"),
        ("private", True, "private"),
        ("", False, "private"),
    ],
)
def test_the_stricter_of_post_and_account_counts(
    visibility: str, is_private: bool, audience: str
) -> None:
    assert audience_of(visibility, is_private) == audience
