"""Tags on real tables: exact even if posts are created, edited and deleted at the same time."""

import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from hashtags import index_tag, on_hashtags_changed, windows
from hashtags.models import Hashtag, HashtagPost, PostTags, Ranking, TagWindow
from hashtags.popular import most_used
from hashtags.tag_sync import sync_author, sync_post
from hashtags.trends import rank
from posts.models import Post
from shared.clock import timestamp
from shared.dynamodb.tables import WriteConflict
from shared.ids import new_id
from tests.integration.posts.world import a_post, a_user, consume, deliver, stream_records, take
from users.models import User

pytestmark = pytest.mark.usefixtures("foundation")


def some_tags() -> list[str]:
    """Tags that no other test uses."""
    start = f"t{new_id().lower()}"
    return [f"{start}{letter}" for letter in "abcd"]


def sync_with_retries(post_id: str) -> None:
    """Sync as the queue does: a message that fails is delivered again."""
    while True:
        try:
            sync_post(post_id)
        except WriteConflict:
            continue
        return


def live(post_id: str) -> set[str]:
    """The tags under which a post should count."""
    post = Post.find(post_id, consistent=True)
    is_counted = post and not post.deleted_at and post.visibility == "public"
    return set(post.caption.replace("#", "").split()) if post and is_counted else set()


def follow_up(tags: list[str], step: int = 7) -> None:
    """Deliver the stream records in batches that overlap, and run the jobs that follow."""
    for table in ("hashtag-posts", "hashtags"):
        for tag in tags:
            records = stream_records(table, tag)
            for start in range(0, len(records), step):
                again = max(0, start - random.randint(0, 5))
                deliver(on_hashtags_changed.app, records[again : start + step])
    for job in take("tag-search", lambda body: body["tag"] in tags):
        consume(index_tag.app, job["body"])


def counts(tags: list[str]) -> list[int]:
    found = [Hashtag.find(tag, consistent=True) for tag in tags]
    return [each.post_count if each else 0 for each in found]


def churn(post_id: str, tags: list[str]) -> None:
    """A few changes of one post; their events arrive late, twice, and at the same time."""
    for _ in range(4):
        post = Post.find(post_id, consistent=True)
        assert post
        post.change(
            Post.caption.set(" ".join(f"#{tag}" for tag in random.sample(tags, 2))),
            Post.visibility.set(random.choice(("public", "public", "followers"))),
            Post.deleted_at.set(timestamp()) if random.random() < 0.3 else Post.deleted_at.remove(),
            condition=Post.is_there(),
        )
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(sync_with_retries, [post_id] * 2))


def test_counts_are_exact_under_parallel_changes() -> None:
    author, tags = a_user(), some_tags()
    posts = [a_post(author, caption=f"#{tags[0]} #{tags[1]}") for _ in range(12)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(partial(churn, tags=tags), posts))
    follow_up(tags)
    expected = [sum(tag in live(post_id) for post_id in posts) for tag in tags]
    assert sum(expected) > 0
    assert counts(tags) == expected
    current = windows.number_of(posts[0])
    in_window = [
        TagWindow.find(windows.window_of(current, tag), tag, consistent=True) for tag in tags
    ]
    assert [each.post_count if each else 0 for each in in_window] == expected
    follow_up(tags, step=100)
    assert counts(tags) == expected, "what is delivered again counts once"


def test_posts_of_an_account_count_only_while_it_is_public() -> None:
    author, [tag, *_] = a_user(), some_tags()
    for _ in range(5):
        sync_with_retries(a_post(author, caption=f"#{tag}"))
    sync_with_retries(a_post(author, caption=f"#{tag}", visibility="followers"))
    for is_private, expected in ((True, 0), (False, 5)):
        user = User.get(author.user_id)
        user.change(User.is_private.set(is_private), condition=User.is_there())
        assert not sync_author(author.user_id)
        follow_up([tag])
        assert counts([tag]) == [expected]


def test_purged_posts_leave_nothing() -> None:
    author, [tag, *_] = a_user(), some_tags()
    post_id = a_post(author, caption=f"#{tag}")
    sync_with_retries(post_id)
    Post(post_id).delete()
    sync_with_retries(post_id)
    follow_up([tag])
    assert counts([tag]) == [0]
    assert PostTags.find(post_id) is None
    assert list(HashtagPost.query(tag)) == []
    assert most_used(tag, 1) == []


def test_tags_that_are_used_more_rank_higher() -> None:
    author, tags = a_user(), some_tags()
    for number, tag in enumerate(tags, start=1):
        for _ in range(number * 20):
            HashtagPost(tag, new_id(), author_id=author.user_id, is_public=True).save()
    follow_up(tags)
    assert rank() >= len(tags)
    ranked = [tag for tag in Ranking.get("trending").tags if tag in tags]
    assert ranked == tags[::-1]
    assert [each.tag for each in most_used(tags[0][:-1], 2)][:2] == [tags[3], tags[2]]
