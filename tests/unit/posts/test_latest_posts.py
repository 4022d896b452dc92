"""The item of an author's latest posts: it follows from the posts, whatever their stream does."""

import itertools
import random
from typing import Any

import pytest

from posts import latest_models, latest_posts, on_posts_changed
from posts.latest_models import LatestPosts
from posts.models import Post
from posts.pulled_posts import pulled_posts
from shared import clock, hot_reads
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post
from tests.support.streams import batch, stream_record

_sequence = itertools.count(1)


def stored(post_id: str) -> Post | None:
    return Post.find(post_id)


def deliver(*changes: tuple[Post | None, Post | None]) -> None:
    records = [stream_record(next(_sequence), old=old, new=new) for old, new in changes]
    assert on_posts_changed.app(batch(*records), LambdaContext()) == {"batchItemFailures": []}


def change(post_id: str, **values: Any) -> tuple[Post | None, Post | None]:
    """Change a post in its table; its record."""
    before, after = stored(post_id), stored(post_id)
    assert after is not None
    for name, value in values.items():
        setattr(after, name, value)
    after.save()
    return before, after


def remove(post_id: str) -> tuple[Post | None, None]:
    before = stored(post_id)
    Post(post_id).delete()
    return before, None


def listed(author: Caller, name: str = "posts") -> list[str]:
    item = LatestPosts.find(author.user_id)
    return str(getattr(item, name)).split() if item else []


def posted(author: Caller, number: int = 1, **given: Any) -> list[str]:
    """New posts, oldest first, whose records are delivered."""
    ids = [a_post(author, **given) for _ in range(number)]
    deliver(*((None, stored(each)) for each in ids))
    return ids


def a_reel(author: Caller) -> str:
    return posted(author, is_reel=True, reel_author_id=author.user_id)[0]


def test_posts_appear_and_disappear(aws: MemoryAws) -> None:
    author = a_user()
    one, two = posted(author, 2)
    reel = a_reel(author)
    assert listed(author) == [reel, two, one]
    assert listed(author, "reels") == [reel]
    deliver(change(two, deleted_at=timestamp(), removed_by="an administrator"))
    assert listed(author) == [reel, one]
    deliver(change(two, deleted_at=None, removed_by=None))
    assert listed(author) == [reel, two, one]
    deliver(change(reel, deleted_at=timestamp()))
    deliver(remove(reel))
    assert listed(author) == [two, one]
    assert listed(author, "reels") == []


def test_a_post_appears_when_it_is_ready(aws: MemoryAws) -> None:
    author = a_user()
    [post] = posted(author, status="processing")
    assert listed(author) == []
    deliver(change(post, status="ready"))
    assert listed(author) == [post]


def test_other_changes_write_and_read_nothing(aws: MemoryAws) -> None:
    author = a_user()
    [post] = posted(author)
    aws.calls.clear()
    deliver(change(post, like_count=7, visibility="private"))
    assert [each for each in aws.calls if "Put" in each] == ["dynamodb.PutItem"]  # of this test
    assert "dynamodb.BatchGetItem" not in aws.calls


@pytest.mark.parametrize("seed", range(8))
def test_late_repeated_and_reordered_records_end_right(aws: MemoryAws, seed: int) -> None:
    chance = random.Random(seed)
    author = a_user()
    ids = [a_post(author) for _ in range(12)]
    records: list[Any] = [(None, stored(each)) for each in ids]
    for each in chance.sample(ids, 8):
        records.append(change(each, deleted_at=timestamp()))
        if chance.random() < 0.5:
            records.append(change(each, deleted_at=None))
        elif chance.random() < 0.5:
            records.append(remove(each))
    records += chance.sample(records, 6)
    chance.shuffle(records)
    for each in records:
        deliver(each)
    posts = [post for each in ids if (post := stored(each)) and not post.deleted_at]
    assert listed(author) == sorted((post.post_id for post in posts), reverse=True)


def test_an_item_holds_the_latest_and_says_where_it_ends(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latest_models, "KEPT", 4)
    monkeypatch.setattr(latest_models, "_FEW", 2)
    author = a_user()
    ids = posted(author, 9)
    assert listed(author) == ids[:4:-1]
    assert LatestPosts.get(author.user_id).posts_end == ids[5]
    deliver(change(ids[2], deleted_at=timestamp()))
    deliver(change(ids[2], deleted_at=None))
    assert listed(author) == ids[:4:-1], "a restored post that is older than the list is not in it"
    for each in ids[6:]:
        deliver(change(each, deleted_at=timestamp()))
    assert listed(author) == [ids[5], ids[4], ids[3], ids[2]], "it is filled again"


def test_a_writer_that_another_was_quicker_than_reads_again(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = a_user()
    [first] = posted(author)
    second, third = a_post(author), a_post(author)
    read = latest_posts.read_items

    def read_then_lose(*given: Any, **more: Any) -> Any:
        found = read(*given, **more)
        monkeypatch.setattr(latest_posts, "read_items", read)
        deliver((None, stored(third)))
        return found

    monkeypatch.setattr(latest_posts, "read_items", read_then_lose)
    deliver((None, stored(second)))
    assert listed(author) == [third, second, first]


def test_a_writer_that_read_an_old_state_looks_again(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = a_user()
    posted(author)
    late = a_post(author)
    record = (None, stored(late))
    read = latest_posts.read_items

    def read_then_delete(*given: Any, **more: Any) -> Any:
        found = read(*given, **more)
        monkeypatch.setattr(latest_posts, "read_items", read)
        deliver(change(late, deleted_at=timestamp()))  # which changes nothing: it is not listed
        return found

    monkeypatch.setattr(latest_posts, "read_items", read_then_delete)
    deliver(record)
    assert late not in listed(author)


def test_an_item_that_lost_posts_is_compared_with_the_index_within_a_day(aws: MemoryAws) -> None:
    author = a_user()
    ids = posted(author, 3)
    item = LatestPosts.get(author.user_id)
    item.posts = ids[0]  # as after a restore of the table
    item.save()
    with clock.stop_at(now() + 86_400):
        [last] = posted(author)
    assert listed(author) == [last, *reversed(ids)]


def test_an_author_who_had_posts_before_gets_a_whole_item(aws: MemoryAws) -> None:
    author = a_user()
    before = [a_post(author) for _ in range(3)]
    [last] = posted(author)
    assert listed(author) == [last, *reversed(before)]


# ── What feeds pull ──────────────────────────────────────────────────────────────────────────────


def walk(authors: list[Caller], count: int, *, reels_only: bool = False) -> list[str]:
    """All posts of these authors, page by page."""
    from feeds.merge import merge

    found: list[str] = []
    before: str | None = None
    for _ in range(500):
        ids = [each.user_id for each in authors]
        part = merge(pulled_posts(ids, before, count, reels_only=reels_only))
        assert not part.is_partial
        page = [each.post_id for each in part.candidates]
        assert before is None or all(each < before for each in page)
        found += page
        if part.reach is None:
            return found
        assert before is None or part.reach < before
        before = part.reach
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("reels_only", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_pages_hold_every_post_once_newest_first(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch, seed: int, reels_only: bool
) -> None:
    monkeypatch.setattr(latest_models, "KEPT", 4)
    monkeypatch.setattr(latest_models, "_FEW", 2)
    chance = random.Random(seed)
    authors = [a_user() for _ in range(6)]
    busy = [*authors, *[authors[0]] * 6]  # one posts more than an item holds
    for _ in range(60):
        author = chance.choice(busy)
        is_reel = chance.random() < 0.4
        reel = {"is_reel": True, "reel_author_id": author.user_id} if is_reel else {}
        post = a_post(author, **reel)
        records = [(None, stored(post))]
        if chance.random() < 0.3:
            records.append(change(post, deleted_at=timestamp()))
        if author is not authors[1]:  # who has no item
            deliver(*records)
    expected = [
        post["post_id"]["S"]
        for post in aws.dynamo.items("hoshi-posts")
        if "deleted_at" not in post and (post["is_reel"]["BOOL"] or not reels_only)
    ]
    for count in (1, 3, 21):
        found = walk(authors, count, reels_only=reels_only)
        assert found == sorted(expected, reverse=True)


def test_only_lists_that_end_on_the_page_are_read_from_the_index(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latest_models, "KEPT", 4)
    monkeypatch.setattr(latest_models, "_FEW", 2)
    quiet, busy = a_user(), a_user()
    posted(quiet, 6)
    posted(busy, 6)
    authors = [quiet.user_id, busy.user_id]
    aws.calls.clear()
    pulled_posts(authors, None, 4)
    assert aws.calls == ["dynamodb.BatchGetItem"]
    pulled_posts(authors, None, 5)
    assert aws.calls == ["dynamodb.BatchGetItem", "dynamodb.Query"]


def test_lists_are_kept_for_five_seconds(aws: MemoryAws, noon: float) -> None:
    author = a_user()
    posted(author)
    aws.calls.clear()
    for _ in range(3):
        pulled_posts([author.user_id], None, 5)
    assert aws.calls == ["dynamodb.BatchGetItem"]
    with clock.stop_at(noon + 5):
        pulled_posts([author.user_id], None, 5)
    assert aws.calls == ["dynamodb.BatchGetItem"] * 2


def test_authors_that_are_throttled_are_left_out_and_asked_for_again(aws: MemoryAws) -> None:
    author = a_user()
    [post] = posted(author)
    aws.fail("dynamodb.BatchGetItem", "ProvisionedThroughputExceededException", times=3)
    [part] = pulled_posts([author.user_id], None, 5)
    assert (part.is_partial, part.candidates) == (True, [])
    [part] = pulled_posts([author.user_id], None, 5)
    assert not part.is_partial
    assert [each.post_id for each in part.candidates] == [post]


def test_the_index_of_one_author_that_is_throttled_is_left_out(aws: MemoryAws) -> None:
    known, unknown = a_user(), a_user()
    [post] = posted(known)
    a_post(unknown)
    aws.fail("dynamodb.Query", "ThrottlingException")
    parts = pulled_posts([known.user_id, unknown.user_id], None, 5)
    assert [each.post_id for part in parts for each in part.candidates] == [post]
    assert any(part.is_partial for part in parts)


def test_other_errors_are_raised(aws: MemoryAws) -> None:
    aws.fail("dynamodb.BatchGetItem", "AccessDeniedException")
    with pytest.raises(Exception, match="AccessDenied"):
        pulled_posts([new_id()], None, 5)
    hot_reads.forget()
