"""The home feed: full pages without repeats or gaps, and only visible posts."""

from typing import Any

import pytest

from feeds import get_home_feed
from feeds.models import Timeline
from feeds.timelines import add_post, entry
from posts.models import Post
from shared.access.caller import Caller
from shared.aws.clients import client
from shared.clock import timestamp
from tests.integration.posts.world import a_post, a_user, call, connect, follow, unfollow
from users.models import Relationship, User, edge

pytestmark = pytest.mark.usefixtures("foundation")


def fanned_out(author: Caller, *readers: Caller, **given: Any) -> str:
    """A post that is in the readers' timelines."""
    post_id = a_post(author, **given)
    add_post(post_id, author.user_id, [reader.user_id for reader in readers])
    return post_id


def feed(reader: Caller, **query: str) -> dict[str, Any]:
    status, page = call(get_home_feed.app, "GET /feed/home", reader, query=query or None)
    assert status == 200
    return page  # type: ignore[no-any-return]


def ids(page: dict[str, Any]) -> list[str]:
    return [post["id"] for post in page["posts"]]


def test_followed_accounts_and_own_posts_newest_first() -> None:
    reader, author = a_user(), a_user()
    follow(reader, author)
    posts = [fanned_out(author, reader), a_post(reader), fanned_out(author, reader)]
    page = feed(reader)
    assert (ids(page), page["next_cursor"]) == (posts[::-1], None)
    assert page["posts"][1]["author_username"] == reader.username


def test_page_by_page_while_new_posts_arrive() -> None:
    reader, first, second = a_user(), a_user(), a_user()
    for author in (first, second):
        follow(reader, author)
    posts = []
    for number in range(60):
        if number % 5 == 0:
            posts.append(a_post(reader))
        elif number % 7 == 0:
            fanned_out(first, reader, deleted_at=timestamp())
        else:
            posts.append(fanned_out(second if number % 2 else first, reader))
    found: list[str] = []
    query = {"limit": "10"}
    while True:
        page = feed(reader, **query)
        found += ids(page)
        fanned_out(first, reader)
        a_post(reader)
        if page["next_cursor"] is None:
            break
        assert len(page["posts"]) == 10
        query["cursor"] = page["next_cursor"]
    assert found == posts[::-1]


def test_offsets_and_page_numbers() -> None:
    reader, author = a_user(), a_user()
    follow(reader, author)
    posts = [fanned_out(author, reader) for _ in range(12)][::-1]
    assert ids(feed(reader, limit="5", page_offset="3")) == posts[3:8]
    assert ids(feed(reader, page_size="5", page="3")) == posts[10:]
    assert ids(feed(reader, limit="5", page="2", page_offset="1")) == posts[1:6]
    cursor = feed(reader, limit="5")["next_cursor"]
    assert ids(feed(reader, limit="5", page="3", cursor=cursor)) == posts[5:10]
    assert ids(feed(reader, limit="5", page_offset="1001", cursor=cursor)) == posts[5:10]
    for query in ({"page_offset": "1001"}, {"page": "0"}, {"page": "52"}, {"page_offset": "-1"}):
        _, body = call(get_home_feed.app, "GET /feed/home", reader, query=query)
        assert body["code"] == "invalid_input"


def test_no_hidden_post_is_shown_and_the_page_is_still_full() -> None:
    reader, author = a_user(), a_user()
    muted, left, blocking, banned, private = (a_user() for _ in range(5))
    for each in (author, muted, left, blocking, banned, private):
        follow(reader, each)
    shown = [fanned_out(author, reader), fanned_out(private, reader)]
    for each in (muted, left, blocking, banned):
        fanned_out(each, reader)
    fanned_out(author, reader, visibility="private")
    fanned_out(author, reader, visibility="close_friends")
    fanned_out(author, reader, status="processing")
    shown += [fanned_out(author, reader, visibility="followers") for _ in range(2)]
    # After the posts were added to the timeline:
    Relationship(
        reader.user_id, edge("mutes", muted.user_id), since=timestamp(), updated_at=timestamp()
    ).save()
    unfollow(reader, left)
    connect(blocking, "blocks", "blocked_by", reader)
    unfollow(reader, blocking)  # as the block does in its own transaction
    User(banned.user_id).update(actions=[User.status.set("banned")])
    User(private.user_id).update(actions=[User.is_private.set(True)])
    page = feed(reader, limit="4")
    assert (ids(page), page["next_cursor"]) == (shown[::-1], None)


def test_each_post_says_why_it_is_there() -> None:
    reader, author, other = a_user(), a_user(), a_user()
    follow(reader, author)
    accepted = {"user_id": reader.user_id, "status": "accepted", "since": timestamp()}
    posts = {
        "own": a_post(reader),
        "follow": fanned_out(author, reader),
        "collaboration": fanned_out(other, reader, collaborators=[accepted]),
    }
    fanned_out(other, reader, collaborators=[{**accepted, "status": "pending"}])
    page = feed(reader)
    assert {post["reason"]["kind"]: post["id"] for post in page["posts"]} == posts
    texts = {post["reason"]["kind"]: post["reason"]["text"] for post in page["posts"]}
    assert texts["follow"] == f"Because you follow {author.username}"
    _, page = call(get_home_feed.app, "GET /api/feed", reader)
    assert [post["id"] for post in page["posts"]] == [posts["follow"]]  # its author is followed
    assert page["posts"][0]["reason"]["kind"] == "follow"


def test_expired_entries_are_not_shown() -> None:
    reader, author = a_user(), a_user()
    follow(reader, author)
    old = entry(reader.user_id, a_post(author), author.user_id)
    old.expires_at = 1
    old.save()
    assert ids(feed(reader)) == []


def test_celebrities_are_pulled_and_shown_once() -> None:
    reader, star = a_user(), a_user(is_pulled=True)
    connect(reader, "follows", "followed_by", star, celebrity_id=star.user_id)
    both = fanned_out(star, reader)
    pulled = a_post(star)
    a_post(star, visibility="private")
    assert ids(feed(reader)) == [pulled, both]


def test_socialhub_shows_public_posts_of_others() -> None:
    reader, author = a_user(), a_user()
    follow(reader, author)
    a_post(reader)
    shown = [fanned_out(author, reader) for _ in range(3)]
    fanned_out(author, reader, visibility="followers")
    status, page = call(
        get_home_feed.app, "GET /api/feed", reader, query={"page": "1", "limit": "2"}
    )
    assert status == 200
    assert [post["id"] for post in page["posts"]] == shown[:0:-1]
    assert (page["page"], page["limit"], page["hasMore"]) == (1, 2, True)
    _, rest = call(get_home_feed.app, "GET /api/feed", reader, query={"page": "2", "limit": "2"})
    assert [post["id"] for post in rest["posts"]] == shown[:1]
    assert (rest["page"], rest["hasMore"], rest["next_cursor"]) == (2, False, None)


def test_a_cursor_belongs_to_its_reader() -> None:
    reader, author = a_user(), a_user()
    for _ in range(3):
        a_post(author)
    cursor = feed(author, limit="1")["next_cursor"]
    _, body = call(get_home_feed.app, "GET /feed/home", reader, query={"cursor": cursor})
    assert body["code"] == "invalid_cursor"


@pytest.mark.parametrize("follows", [3, 200])
def test_a_page_takes_five_calls_whatever_the_number_of_follows(follows: int) -> None:
    reader = a_user()
    # With twenty authors a page needs more keys than a batch holds: a second one runs in parallel.
    authors = [a_user() for _ in range(10)]
    for author in authors:
        follow(reader, author)
    for number in range(follows):
        Relationship(
            reader.user_id,
            edge("follows", f"{number:026}"),
            since=timestamp(),
            updated_at=timestamp(),
        ).save()
    for author in authors * 2:
        fanned_out(author, reader)
    feed(reader)  # reads the signing keys
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    client("dynamodb").meta.events.register("before-call.dynamodb", note)
    try:
        assert len(feed(reader)["posts"]) == 20
    finally:
        client("dynamodb").meta.events.unregister("before-call.dynamodb", note)
    assert sorted(calls) == ["BatchGetItem", "Query", "Query", "Query", "UpdateItem"]


def test_an_unverified_account_sees_only_its_own_posts() -> None:
    reader = a_user()
    own = a_post(reader)
    unverified = Caller(reader.user_id, reader.username, reader.session_id, "user", "unverified")
    assert ids(feed(unverified)) == [own]
    assert Post.find(own) is not None
    assert list(Timeline.query(reader.user_id)) == []
