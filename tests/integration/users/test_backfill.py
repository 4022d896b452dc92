"""Backfills of items that an earlier version wrote."""

from chat.models import SentMessage
from hashtags.earlier_search import entries as tags_before
from hashtags.models import Hashtag, HashtagPost, PostTags, TagSearch
from hashtags.popular import most_used
from hashtags.tag_sync import sync_post
from infra.backfill import (
    expire_sent_messages,
    index_accounts,
    index_tags,
    sync_banned,
    sync_tags,
)
from infra.upgrade import upgrade
from shared.clock import now, timestamp
from shared.http.paging import Page
from shared.ids import first_id_at, new_id
from tests.integration.users.conftest import Join, as_caller
from tests.support.posts import a_post
from users import follows
from users.earlier_search import entries as people_before
from users.models import Relationship, User, UserSearch, edge
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
        return [user.user_id for user in find_people(fan.user_id, star.username[:-1])]

    assert (followers(), found()) == ([], [])
    assert upgrade(["relationships"]) >= 2
    assert index_accounts() >= 2
    assert followers() == [fan.user_id]
    assert found() == [star.user_id]
    assert [each.user_id for each in listed_accounts("all", star.username, 5, None)[0]] == [
        star.user_id
    ]
    assert upgrade(["relationships"]) == 0, "a repeated run changes nothing"


def test_search_entries_of_the_version_before_are_replaced(join: Join) -> None:
    star, tag = join("star"), f"tag{new_id().lower()}"
    Hashtag(tag, post_count=3, created_at=timestamp()).save()
    records = (
        UserSearch(f"#{star.user_id}", "record", terms=f" {star.username.casefold()}", tier="3"),
        TagSearch(f"#{tag}", "record", tier="8"),
    )
    for record, entries in zip(records, (people_before, tags_before), strict=True):
        record.save()
        for entry in entries(record):  # type: ignore[arg-type]
            entry.save()

    def found() -> tuple[list[str], list[str]]:
        people = [user.user_id for user in find_people(star.user_id, star.username)]
        return people, [each.tag for each in most_used(tag[:-1], 1)]

    assert found() == ([star.user_id], [tag])
    assert index_accounts() and index_tags()
    assert found() == ([star.user_id], [tag])
    places = [each.place for each in UserSearch.query(star.username.casefold()[:3])]
    places += [each.place for each in TagSearch.query(tag[:3])]
    assert places
    assert not [place for place in places if place[0].isdigit()]


def test_who_subscribed_before_there_was_a_list_is_listed(join: Join) -> None:
    user = join("early")
    User(user.user_id).change(User.newsletter.set(True), condition=User.is_there())

    def is_listed() -> bool:
        return user.user_id in subscriber_page(1000)[0]

    assert not is_listed()
    assert upgrade(["users"]) >= 1
    assert is_listed()
    assert upgrade(["users"]) == 0, "a repeated run changes nothing"


def test_what_sent_messages_were_stored_for_expires(join: Join) -> None:
    old, recent = (SentMessage(f"room#{new_id()}", message_id=new_id()) for _ in range(2))
    old.message_id = first_id_at(now() - 2 * 24 * 3600)
    for each in (old, recent):
        each.save()
    assert expire_sent_messages() >= 2
    assert SentMessage.get(old.sent_id).expires_at <= now()
    assert not SentMessage.get(recent.sent_id).is_expired, "a resend still finds it"
    assert SentMessage.get(recent.sent_id).expires_at > now()
    assert expire_sent_messages() == 0, "a repeated run changes nothing"


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
