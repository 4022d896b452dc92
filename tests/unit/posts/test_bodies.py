"""The body of POST /posts: its names, bounds and dialects."""

from typing import Any

import pytest

from media.models import Upload
from posts.attachments import Attachments, status_of
from posts.bodies import NewPost
from shared.errors import InvalidInput
from shared.http.requests import validated

UPLOAD = "01KAEJ7Q9R1S3T5V7W9X1Y3Z5A"


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MEDIA_PER_POST", 10), ("HASHTAGS", 30), ("MENTIONS", 20)):
        monkeypatch.setenv(f"MAX_{name}", str(value))


def fields(error: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [detail["field"] for detail in error.value.details]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"caption": " a ", "content": "b"}, "a"),
        ({"content": "b"}, "b"),
        ({"caption": None, "content": "b"}, "b"),
        ({}, ""),
        ({"caption": "x" * 2200}, "x" * 2200),
    ],
)
def test_caption_counts_before_content(body: dict[str, Any], words: str) -> None:
    assert validated(NewPost, body).caption_text == words


@pytest.mark.parametrize(
    "body",
    [
        {"caption": "x" * 2201},
        {"caption": 7},
        {"upload_ids": []},
        {"upload_ids": ["nothing"]},
        {"upload_ids": UPLOAD},
        {"upload_ids": [UPLOAD], "media_urls": ["uploads/x"]},
        {"media": [{}]},
        {"media": [{"upload_id": UPLOAD, "media_url": "uploads/x"}]},
        {"media": [{"upload_id": UPLOAD, "alt_text": "x" * 1001}]},
        {"visibility": "everyone"},
        {"location": "x" * 101},
        {"thumbnail_upload_id": "nothing"},
    ],
)
def test_values_out_of_bounds_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        validated(NewPost, {"content": "text", **body})


def test_items_in_every_form() -> None:
    by_id = validated(NewPost, {"upload_ids": [UPLOAD]}).items
    by_url = validated(NewPost, {"mediaUrls": ["uploads/x"]}).items
    with_text = validated(NewPost, {"media": [{"upload_id": UPLOAD, "alt_text": "Snow"}]}).items
    assert [(item.upload_id, item.media_url, item.alt_text) for item in (*by_id, *by_url)] == [
        (UPLOAD, None, None),
        (None, "uploads/x", None),
    ]
    assert with_text[0].alt_text == "Snow"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, ("A model's words", None)),
        ("My words", ("My words", None)),
        ("", (None, "author")),  # as if an edit had emptied it
    ],
)
def test_an_empty_alternative_text_is_the_authors_choice(
    given: str | None, kept: tuple[str | None, str | None]
) -> None:
    upload = Upload(
        UPLOAD,
        kind="image",
        status="ready",
        media={"upload_id": UPLOAD, "status": "ready"},
        alt_text="A model's words",
    )
    [media] = Attachments([(upload, given)], None).media
    assert (media["alt_text"], media.get("alt_text_by")) == kept


def test_of_two_thumbnails_the_url_counts() -> None:
    post = validated(NewPost, {"thumbnail_url": "uploads/x", "thumbnail_upload_id": UPLOAD})
    assert post.thumbnail is not None
    assert (post.thumbnail.media_url, post.thumbnail.upload_id) == ("uploads/x", None)
    by_id = validated(NewPost, {"thumbnail_upload_id": UPLOAD}).thumbnail
    assert by_id is not None
    assert by_id.upload_id == UPLOAD


@pytest.mark.parametrize(
    ("body", "is_socialhub", "wrong"),
    [
        ({"content": "text"}, False, None),
        ({"caption": "text"}, True, None),
        ({"caption": "text"}, False, "media"),
        ({}, False, "media"),
        ({"content": " "}, False, "content"),
        ({}, True, "content"),
        ({"caption": "a", "upload_ids": [UPLOAD]}, False, None),
        ({"upload_ids": [UPLOAD] * 11}, False, "media"),
        ({"content": " ".join(f"#t{number}" for number in range(31))}, False, "caption"),
        ({"content": " ".join(f"@name{number}" for number in range(21))}, False, "caption"),
    ],
)
def test_text_posts_and_configured_limits(
    body: dict[str, Any], is_socialhub: bool, wrong: str | None
) -> None:
    post = validated(NewPost, body)
    if wrong is None:
        post.check(is_socialhub)
        return
    with pytest.raises(InvalidInput) as error:
        post.check(is_socialhub)
    assert fields(error) == [wrong]


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ([], "ready"),
        (["ready", "ready"], "ready"),
        (["ready", "processing"], "processing"),
        (["processing", "failed"], "failed"),
    ],
)
def test_the_status_of_several_media(statuses: list[str], status: str) -> None:
    assert status_of([{"status": each} for each in statuses]) == status
