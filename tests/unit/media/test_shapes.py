"""Media as clients see them."""

from media.public import view
from shared.ids import new_id
from tests.unit.media.conftest import clip_of, picture_of


def names(urls: dict[str, str]) -> dict[str, str]:
    return {name: name_in(url) for name, url in urls.items()}


def name_in(url: str) -> str:
    assert "X-Amz-Signature=" in url
    return url.split("?")[0].rpartition("/")[2]


def test_a_picture(noon: float) -> None:
    shape = view(picture_of(new_id()))
    assert names(shape["variants"]) == {
        "original": "original.jpg",
        "1080": "500.jpg",
        "640": "500.jpg",
        "320": "320.jpg",
    }
    assert list(shape["variants_webp"]) == ["original", "1080", "640", "320"]
    assert name_in(shape["url"]) == "500.jpg"
    assert shape["thumbnail_url"] == shape["variants"]["320"]
    assert shape["preview_url"] is None
    assert shape["expires_at"] == "2026-01-05T14:00:00.000Z"


def test_a_clip(noon: float) -> None:
    shape = view(clip_of(new_id()))
    assert names(shape["variants"]) == {"480p": "480p.mp4", "360p": "360p.mp4"}
    assert shape["variants_webp"] == {}
    assert shape["url"] == shape["variants"]["480p"]
    assert name_in(shape["thumbnail_url"] or "") == "thumbnail.jpg"
    assert name_in(shape["preview_url"] or "") == "preview.webp"
    assert shape["duration"] == 5.28
