"""Profiles, as others and as their owners see them."""

from typing import Any

import pytest

from notifications.models import NotificationStats
from posts.models import AuthorStats
from profiles.get_profile import app
from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join, as_caller, block, draw
from users import follows
from users.models import User

ONLY_THE_OWNERS = {
    "email",
    "email_verified",
    "date_of_birth",
    "role",
    "profile_complete",
    "has_password",
    "two_factor_enabled",
    "pending_email",
    "unread_notification_count",
    "verification_status",
    "privacy",
}


def test_a_profile_of_somebody_else(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar", bio="Hi", follower_count=3, following_count=2)
    AuthorStats(omar.user_id, post_count=7, reel_count=2).save()
    draw("follows", yuki, omar)
    draw("followed_by", yuki, omar)
    draw("requested_by", yuki, omar)
    draw("mutes", yuki, omar)
    draw("close_friend", yuki, omar)
    status, body = call(app, yuki, "Omar")
    assert status == 200
    assert body == {
        "id": omar.user_id,
        "user_id": omar.user_id,
        "username": "omar",
        "name": "omar",
        "profile_picture_url": None,
        "is_verified": False,
        "follow_status": "approved",
        "follows_you": True,
        "bio": "Hi",
        "gender": "undisclosed",
        "is_private": False,
        "follower_count": 3,
        "following_count": 2,
        "post_count": 7,
        "reel_count": 2,
        "mutual_follower_count": 0,
        "is_followed_by_self": True,
        "has_requested_you": True,
        "is_muted": True,
        "is_close_friend": True,
        "has_story": False,
        "notify_stories": True,
        "created_at": omar.created_at,
    }


@pytest.mark.parametrize("whom", ["me", "yuki", None])
def test_ones_own_profile_has_more_fields(whom: str | None, call: Call, join: Join) -> None:
    yuki = join("yuki", date_of_birth="1999-04-05", show_presence=False)
    NotificationStats(yuki.user_id, unread_count=3).save()
    status, body = call(app, yuki, whom, route="" if whom else "GET /profile")
    assert status == 200
    assert {name: body[name] for name in ONLY_THE_OWNERS} == {
        "email": "yuki@example.com",
        "email_verified": True,
        "date_of_birth": "1999-04-05",
        "role": "user",
        "profile_complete": True,
        "has_password": False,
        "two_factor_enabled": False,
        "pending_email": None,
        "unread_notification_count": 3,
        "verification_status": "none",
        "privacy": {
            "is_private": False,
            "allow_message_requests": True,
            "show_presence": False,
            "show_read_receipts": True,
            "suggest_alt_text": False,
        },
    }


def test_others_do_not_see_the_owners_fields(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar", role="admin")
    _, body = call(app, omar, yuki.user_id)
    assert not ONLY_THE_OWNERS & set(body)


def test_an_unverified_account_sees_itself_and_is_hidden_from_others(
    call: Call, join: Join
) -> None:
    yuki, omar = join("yuki", status="unverified"), join("omar")
    status, body = call(app, yuki, "me")
    assert (status, body["email_verified"]) == (200, False)
    assert call(app, omar, "yuki")[0] == 404


def test_the_blocked_see_nothing(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    block(omar, yuki)
    assert call(app, yuki, "omar")[1]["code"] == "user_not_found"
    assert call(app, omar, "yuki")[1]["code"] == "user_not_found"


def test_socialhubs_profile(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar", follower_count=1)
    AuthorStats(omar.user_id, post_count=7, reel_count=2).save()
    follows.begin(as_caller(yuki), omar)
    status, body = call(app, yuki, omar.user_id, route="GET /api/v1/users/profile/{user}")
    assert status == 200
    assert body == {
        "success": True,
        "user": {
            "id": omar.user_id,
            "name": "omar",
            "username": "omar",
            "avatar": None,
            "bio": "",
            "isVerified": False,
            "isPrivate": False,
            "isFollowing": True,
            "followersCount": 1,
            "followingCount": 0,
            "postsCount": 9,
        },
    }


def test_a_picture_is_shown_by_a_signed_url(call: Call, join: Join) -> None:
    yuki = join("yuki", picture_key="uploads/avatar/1/2/640.jpg")
    url = call(app, yuki, "me")[1]["profile_picture_url"]
    assert "/uploads/avatar/1/2/640.jpg?" in url
    assert "X-Amz-Signature=" in url


@pytest.mark.parametrize("follower_count", [3, 50_000])
def test_mutual_followers_are_counted_with_few_reads(
    follower_count: int, aws: MemoryAws, call: Call, join: Join
) -> None:
    yuki, star = join("yuki"), join("star", follower_count=follower_count)
    friends = [join(f"friend{index}") for index in range(4)]
    for friend in friends:
        follows.begin(as_caller(yuki), friend)
    for fan in (*friends[:3], join("other")):
        follows.begin(as_caller(fan), star)
    follows.end(friends[0].user_id, star.user_id)
    aws.calls.clear()
    assert call(app, yuki, star.user_id)[1]["mutual_follower_count"] == 2
    assert len(aws.calls) <= 7


def test_a_deleted_account_has_no_profile(aws: MemoryAws, call: Call, join: Join) -> None:
    yuki: Any = join("yuki")
    User(yuki.user_id).delete()
    assert call(app, yuki, "me")[0] == 404
