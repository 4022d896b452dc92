"""The shapes Post and S.Post."""

from posts.models import Post
from posts.shapes import PostShape, post_shape, socialhub_post
from tests.support.posts import a_picture

AUTHOR = {
    "id": "01KAEJ5W2N8Q4R6S8T0V1W3X5Y",
    "username": "Author_One",
    "profile_picture_url": None,
    "is_verified": True,
}


def a_post(**given: object) -> Post:
    moment = "2026-01-02T03:04:05.678Z"
    return Post(
        "01KAEJ8V0X2Y4Z6A8B0C1D3E5F",
        **{  # type: ignore[arg-type]
            "author_id": AUTHOR["id"],
            "author_username": "old_name",
            "media": [],
            "caption": "Snow #Winter",
            "created_at": moment,
            "updated_at": moment,
            **given,
        },
    )


def test_a_post_has_every_field_and_the_authors_name_of_today() -> None:
    shape = post_shape(a_post(like_count=3), AUTHOR, is_liked=True)
    assert set(shape) == set(PostShape.__annotations__)
    assert (shape["author_username"], shape["author_is_verified"]) == ("Author_One", True)
    assert (shape["like_count"], shape["is_liked"], shape["hashtags"]) == (3, True, ["winter"])
    assert (shape["media"], shape["media_urls"], shape["thumbnail_url"]) == ([], [], None)


def test_a_count_is_never_negative() -> None:
    assert post_shape(a_post(like_count=-1), AUTHOR, is_liked=False)["like_count"] == 0


def test_only_the_owner_sees_media_that_are_not_ready() -> None:
    """A file as uploaded reveals where it was made."""
    post = a_post(media=[a_picture(status="processing"), a_picture()], status="processing")
    own = post_shape(post, AUTHOR, is_liked=False, is_own=True)
    other = post_shape(post, AUTHOR, is_liked=False)
    assert [each["status"] for each in own["media"]] == ["processing", "ready"]
    assert [each["status"] for each in other["media"]] == ["ready"]
    assert len(own["media_urls"]) == 2
    assert other["media_urls"] == own["media_urls"][1:]
    assert "uploads/" not in str(other)


def test_socialhub_post() -> None:
    shape = socialhub_post(post_shape(a_post(like_count=2), AUTHOR, is_liked=False))
    assert shape == {
        "id": "01KAEJ8V0X2Y4Z6A8B0C1D3E5F",
        "userId": AUTHOR["id"],
        "content": "Snow #Winter",
        "visibility": "public",
        "mediaUrls": [],
        "likeCount": 2,
        "commentCount": 0,
        "liked": False,
        "createdAt": "2026-01-02T03:04:05.678Z",
        "updatedAt": "2026-01-02T03:04:05.678Z",
        "user": {"id": AUTHOR["id"], "username": "Author_One", "avatar": None},
        "_count": {"likes": 2, "comments": 0},
    }
