"""Posts that wait for their media."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from posts import on_media_ready
from posts.models import Post
from shared.ids import new_id
from tests.integration.posts.world import a_post, a_user, consume, event, stored

pytestmark = pytest.mark.usefixtures("foundation")


def waiting_post(*upload_ids: str, is_reel: bool = False) -> str:
    media = [{**stored(each, "processing"), "alt_text": f"alt {each}"} for each in upload_ids]
    return a_post(a_user(), media=media, status="processing", is_reel=is_reel)


def ready(post_id: str, upload_id: str, **more: object) -> dict[str, object]:
    media = {**stored(upload_id), **more}
    return event(
        "media.ready",
        "owner",
        upload_id=upload_id,
        owner_id="owner",
        kind="video",
        post_id=post_id,
        media=media,
    )


def failed(post_id: str | None, upload_id: str) -> dict[str, object]:
    return event(
        "media.failed",
        "owner",
        upload_id=upload_id,
        owner_id="owner",
        kind="video",
        post_id=post_id,
        code="media_unreadable",
    )


def post(post_id: str) -> Post:
    found = Post.find(post_id, consistent=True)
    assert found is not None
    return found


def test_several_videos_that_become_ready_at_the_same_time() -> None:
    uploads = [new_id() for _ in range(5)]
    post_id = waiting_post(*uploads)
    messages = [ready(post_id, upload_id) for upload_id in uploads]
    consume(on_media_ready.app, messages[0], messages[0])
    assert post(post_id).status == "processing"
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda each: consume(on_media_ready.app, each), messages))
    found = post(post_id)
    assert found.status == "ready"
    assert [each["upload_id"] for each in found.media] == uploads
    assert [each["alt_text"] for each in found.media] == [f"alt {each}" for each in uploads]
    assert {each["status"] for each in found.media} == {"ready"}


def test_a_second_delivery_changes_nothing() -> None:
    upload_id = new_id()
    post_id = waiting_post(upload_id)
    consume(on_media_ready.app, ready(post_id, upload_id))
    before = post(post_id).serialize()
    consume(on_media_ready.app, ready(post_id, upload_id), failed(post_id, upload_id))
    assert post(post_id).serialize() == before


def test_a_failed_video_fails_the_post() -> None:
    uploads = [new_id(), new_id()]
    post_id = waiting_post(*uploads)
    consume(on_media_ready.app, failed(post_id, uploads[0]), ready(post_id, uploads[1]))
    assert post(post_id).status == "failed"


@pytest.mark.parametrize(("duration", "status"), [(90.06, "ready"), (90.5, "failed")])
def test_a_reel_that_turns_out_too_long_fails(duration: float, status: str) -> None:
    upload_id = new_id()
    post_id = waiting_post(upload_id, is_reel=True)
    consume(on_media_ready.app, ready(post_id, upload_id, duration=duration))
    assert post(post_id).status == status


def test_uploads_that_no_post_waits_for() -> None:
    consume(on_media_ready.app, failed(None, new_id()), ready(new_id(), new_id()))


def described(upload_id: str, *post_ids: str, text: str = "A lake.") -> dict[str, object]:
    return event(
        "media.described",
        "owner",
        upload_id=upload_id,
        owner_id="owner",
        post_ids=list(post_ids),
        alt_text=text,
    )


def texts(post_id: str) -> list[str | None]:
    return [each["alt_text"] for each in post(post_id).media]


def test_a_description_is_used_if_the_author_wrote_nothing() -> None:
    upload_id, author = new_id(), a_user()
    silent = a_post(author, media=[{**stored(upload_id), "alt_text": None}])
    with_text = a_post(author, media=[{**stored(upload_id), "alt_text": "Mine"}])
    emptied = a_post(
        author, media=[{**stored(upload_id), "alt_text": None, "alt_text_by": "author"}]
    )
    event_ = described(upload_id, silent, with_text, emptied, new_id())
    consume(on_media_ready.app, event_, event_)
    assert (texts(silent), texts(with_text), texts(emptied)) == (["A lake."], ["Mine"], [None])
    consume(on_media_ready.app, described(upload_id, silent, text="Another."))
    assert texts(silent) == ["A lake."], "the first description stays"
