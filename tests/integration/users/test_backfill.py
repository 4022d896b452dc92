"""Backfills of items that an earlier version wrote."""

from hashtags.models import HashtagPost, PostTags
from hashtags.tag_sync import sync_post
from infra.backfill import index_accounts, sync_banned, sync_tags
from infra.upgrade import upgrade
from shared.http.paging import Page
from tests.integration.users.conftest import Join, as_caller
from tests.support.posts import a_post
from users import follows
from users.models import Relationship, User, edge
from users.people_lists import read_list
from users.public import listed_accounts, subscriber_page
from users.search import find_people


def test_older_edges_are_listed_and_older_accounts_are_found(join: Join) -> None:
    fan, star = join("fan"), join("star")
    follows.begin(as_caller(fan), star)
    mirrored = Relationship(star.user_id, edge("followed_by", fan.user_id))
    for one in (Relationship(fan.user_id, edge("follows", star.user_id)), mirrored):
        one.change(Relationship.listed.remove(), condition=Relationship.is_there())

    def followers() -> list[str]:
        rows, _ = read_list(as_caller(star), star.user_id, "followed_by", Page(10, None))
        return [row.user.user_id for row in rows]

    def found() -> list[str]:
        return [user.user_id for user in find_people(fan.user_id, star.username)]

    assert (followers(), found()) == ([], [])
    assert upgrade(["relationships"]) >= 2
    assert index_accounts() >= 2
    assert followers() == [fan.user_id]
    assert found() == [star.user_id]
    assert [each.user_id for each in listed_accounts("all", star.username, 5, None)[0]] == [
        star.user_id
    ]
    assert upgrade(["relationships"]) == 0, "a repeated run changes nothing"


def test_who_subscribed_before_there_was_a_list_is_listed(join: Join) -> None:
    user = join("early")
    User(user.user_id).change(User.newsletter.set(True), condition=User.is_there())

    def is_listed() -> bool:
        return user.user_id in subscriber_page(1000)[0]

    assert not is_listed()
    assert upgrade(["users"]) >= 1
    assert is_listed()
    assert upgrade(["users"]) == 0, "a repeated run changes nothing"


def test_the_tags_of_accounts_that_were_banned_before_stop_counting(join: Join) -> None:
    user = join("early")
    post_id = a_post(as_caller(user), caption="#early_bird")
    sync_post(post_id)
    User(user.user_id).change(User.status.set("banned"), condition=User.is_there())
    assert HashtagPost.get("early_bird", post_id).is_public
    index_accounts()
    assert sync_banned() >= 1
    assert not HashtagPost.get("early_bird", post_id).is_public


def test_tags_that_were_folded_otherwise_move_to_where_they_are_looked_for(join: Join) -> None:
    author = as_caller(join("early"))
    moved, stays = a_post(author, caption="#ΠΟΛΙΣ"), a_post(author, caption="#stays")
    with_other_tags = PostTags(
        moved, author_id=author.user_id, tags=["πολις"], visibility="public", is_public=True
    )
    with_other_tags.save()
    HashtagPost("πολις", moved, author_id=author.user_id, is_public=True).save()
    assert sync_tags() >= 2
    assert HashtagPost.find("πολις", moved) is None
    assert HashtagPost.get("πολισ", moved).is_public
    assert PostTags.get(stays).tags == ["stays"]
