"""Collections in an export of personal data, and their deletion with the account."""

import pytest

from saved.create_collection import app as create_app
from saved.models import Collection
from saved.on_user_erased import app as erased_app
from saved.public import export_of
from saved.save_post import app as save_app
from tests.support.accounts import a_user
from tests.support.erasing import erase
from tests.unit.saved.conftest import Call, a_post, entries, run_stream


def test_an_export_lists_collections_and_their_posts(call: Call, noon: float) -> None:
    owner = a_user()
    post_id = a_post(a_user())
    _, winter = call(create_app, owner, body={"name": "Winter"})
    call(save_app, owner, collection_id=winter["id"], body={"post_id": post_id})
    exported = {topic.name: list(topic.content) for topic in export_of(owner.user_id)}
    moment = "2026-01-05T12:00:00.000Z"
    collection = {"collection_id": winter["id"], "name": "Winter", "created_at": moment}
    assert exported["collections"] == [collection]
    assert {"post_id": post_id, "collection_id": None, "saved_at": moment} in exported[
        "saved_posts"
    ]
    assert {"post_id": post_id, "collection_id": winter["id"], "saved_at": moment} in exported[
        "saved_posts"
    ]
    assert len(exported["saved_posts"]) == 2


def test_saved_posts_are_deleted_with_the_account(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.lifecycle.item_pages.PAGE", 3)
    gone, other = a_user(), a_user()
    for owner in (gone, other):
        _, winter = call(create_app, owner, body={"name": "Winter"})
        for _ in range(4):
            body = {"post_id": a_post(other)}
            assert call(save_app, owner, collection_id=winter["id"], body=body)[0] == 200
    items = [*entries(gone), *Collection.query(gone.user_id)]
    erase(erased_app, gone.user_id)
    run_stream(*items)
    assert entries(gone) == [] and list(Collection.query(gone.user_id)) == []
    assert len(entries(other)) == 8
    assert {each.post_count for each in Collection.query(other.user_id)} == {4}
