"""Collections: create, rename, list, delete; their limit and their privacy."""

import json
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from saved.create_collection import app as create_app
from saved.delete_collection import app as delete_app
from saved.empty_collection import app as empty_app
from saved.get_collection import app as get_app
from saved.list_collections import app as list_app
from saved.list_post_collections import app as places_app
from saved.models import DEFAULT, Collection
from saved.rename_collection import app as rename_app
from saved.save_post import app as save_app
from saved.unsave_post import app as unsave_app
from shared.access.caller import Caller
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.lambda_time import TimeLeft
from tests.support.memory_aws import MemoryAws
from tests.unit.saved.conftest import Call, a_post, count_of, entries, run_stream


def create(call: Call, owner: Caller, name: str = "Winter") -> str:
    status, body = call(create_app, owner, body={"name": name})
    assert status == 201, body
    return str(body["id"])


def listed(call: Call, owner: Caller) -> list[tuple[str, int]]:
    status, body = call(list_app, owner)
    assert status == 200
    return [(each["name"], each["post_count"]) for each in body["collections"]]


def test_a_collection_has_every_field_of_its_shape(call: Call) -> None:
    owner = a_user()
    status, body = call(create_app, owner, body={"name": "  Winter  "})
    assert status == 201
    assert body == {
        "id": body["id"],
        "user_id": owner.user_id,
        "name": "Winter",
        "is_default": False,
        "post_count": 0,
        "cover_urls": [],
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
    }
    assert call(get_app, owner, collection_id=body["id"])[1]["collection"] == body


def test_a_new_collection_is_found_at_once(
    call: Call, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Consistent reads are used, because others may not return it yet."""
    owner = a_user()
    collection_id = create(call, owner)
    answer, reads = aws.answer, []

    def note_reads(request: AWSPreparedRequest, event_name: str, **given: Any) -> AWSResponse:
        if event_name.endswith((".GetItem", ".Query")):
            asked = json.loads(request.body)
            if asked["TableName"] == "hoshi-collections":
                reads.append(asked.get("ConsistentRead", False))
        return answer(request, event_name, **given)

    monkeypatch.setattr(aws, "answer", note_reads)
    assert call(get_app, owner, collection_id=collection_id)[0] == 200
    assert len(listed(call, owner)) == 2
    assert reads == [True, True]


def test_the_default_collection_is_shown_before_anything_was_saved(call: Call) -> None:
    owner = a_user()
    assert listed(call, owner) == [("All Posts", 0)]
    for name in ("default", owner.user_id):
        status, body = call(get_app, owner, collection_id=name)
        assert (status, body["posts"], body["next_cursor"]) == (200, [], None)
        assert body["collection"]["is_default"] and body["collection"]["id"] == owner.user_id
    assert Collection.find(owner.user_id, DEFAULT) is None, "reading stores nothing"


def test_the_default_collection_is_listed_first_then_the_newest(call: Call) -> None:
    owner = a_user()
    for name in ("one", "two", "three"):
        create(call, owner, name)
    assert [name for name, _ in listed(call, owner)] == ["All Posts", "three", "two", "one"]
    status, first = call(list_app, owner, query={"limit": "3"})
    assert status == 200 and len(first["collections"]) == 3
    _, second = call(list_app, owner, query={"limit": "3", "cursor": first["next_cursor"]})
    assert [each["name"] for each in second["collections"]] == ["one"]
    assert second["next_cursor"] is None


def test_deleting_a_collection_makes_room_under_the_limit(call: Call) -> None:
    owner = a_user()
    made = [create(call, owner, name) for name in ("one", "two", "three")]  # MaxCollections here
    status, body = call(create_app, owner, body={"name": "four"})
    assert (status, body["code"]) == (409, "limit_reached")
    assert len(listed(call, owner)) == 4
    assert call(delete_app, owner, collection_id=made[0])[0] == 200
    create(call, owner, "four")
    assert call(create_app, owner, body={"name": "five"})[0] == 409


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, None, 7])
def test_a_name_out_of_bounds_is_refused(name: Any, call: Call) -> None:
    owner = a_user()
    collection_id = create(call, owner)
    assert call(create_app, owner, body={"name": name})[1]["code"] == "invalid_input"
    status, body = call(rename_app, owner, collection_id=collection_id, body={"name": name})
    assert (status, body["code"]) == (400, "invalid_input")


@pytest.mark.parametrize("field", ["name", "new_name"])
def test_a_collection_gets_another_name(field: str, call: Call) -> None:
    owner = a_user()
    collection_id = create(call, owner)
    status, body = call(rename_app, owner, collection_id=collection_id, body={field: "é" * 100})
    assert (status, body["name"], body["id"]) == (200, "é" * 100, collection_id)
    assert listed(call, owner)[1][0] == "é" * 100


def test_the_default_collection_is_neither_renamed_nor_deleted(call: Call) -> None:
    owner = a_user()
    for name in ("default", owner.user_id):
        for answer in (
            call(rename_app, owner, collection_id=name, body={"name": "Mine"}),
            call(delete_app, owner, collection_id=name),
        ):
            assert (answer[0], answer[1]["code"]) == (403, "default_collection")


def test_collections_of_others_are_not_found(call: Call) -> None:
    owner, other = a_user(), a_user()
    collection_id, post_id = create(call, owner), a_post(owner)
    call(save_app, owner, collection_id=collection_id, body={"post_id": post_id})
    for name in (collection_id, owner.user_id, new_id(), "Default", "x"):
        for answer in (
            call(get_app, other, collection_id=name),
            call(rename_app, other, collection_id=name, body={"name": "Mine"}),
            call(delete_app, other, collection_id=name),
            call(save_app, other, collection_id=name, body={"post_id": post_id}),
            call(unsave_app, other, collection_id=name, body={"post_id": post_id}),
        ):
            assert (answer[0], answer[1]["code"]) == (404, "collection_not_found"), name
    assert entries(other) == [] and len(entries(owner)) == 2
    assert listed(call, owner) == [("All Posts", 1), ("Winter", 1)]


def test_the_same_idempotency_key_creates_one_collection(call: Call) -> None:
    owner, headers = a_user(), {"Idempotency-Key": "winter-1"}
    first = call(create_app, owner, headers=headers, body={"name": "Winter"})
    assert call(create_app, owner, headers=headers, body={"name": "Winter"}) == first
    status, body = call(create_app, owner, headers=headers, body={"name": "Summer"})
    assert (status, body["code"]) == (409, "idempotency_key_reused")
    assert listed(call, owner) == [("All Posts", 0), ("Winter", 0)]


def test_a_repeat_finds_the_collection_if_the_first_answer_was_lost(
    call: Call, aws: MemoryAws
) -> None:
    owner, headers = a_user(), {"Idempotency-Key": "winter-1"}
    first = call(create_app, owner, headers=headers, body={"name": "Winter"})
    answers = aws.dynamo.tables["hoshi-idempotency"].items
    for key in [key for key in answers if not key[0].startswith("made#")]:
        del answers[key]
    assert call(create_app, owner, headers=headers, body={"name": "Winter"}) == first
    assert listed(call, owner) == [("All Posts", 0), ("Winter", 0)]


def test_a_deleted_collection_is_gone_at_once_and_its_posts_stay_saved(
    call: Call, aws: MemoryAws
) -> None:
    owner = a_user()
    collection_id, post_id = create(call, owner), a_post(owner)
    call(save_app, owner, collection_id=collection_id, body={"post_id": post_id})
    collection = Collection.find(owner.user_id, collection_id)
    assert collection is not None
    status, body = call(delete_app, owner, collection_id=collection_id)
    assert (status, list(body)) == (200, ["message"])
    assert call(get_app, owner, collection_id=collection_id)[0] == 404
    assert call(delete_app, owner, collection_id=collection_id)[0] == 404
    assert listed(call, owner) == [("All Posts", 1)]
    _, places = call(places_app, owner, post_id=post_id)
    assert places == {"saved": True, "collection_ids": [owner.user_id]}
    assert len(entries(owner)) == 2, "its entries are cleaned up later"

    run_stream(collection)
    jobs = aws.sent["deleted-collections"]
    assert len(jobs) == 1
    while jobs:  # the first job, and the last check
        message = {"messageId": "message", "body": jobs.pop(0)}
        assert empty_app({"Records": [message]}, LambdaContext()) == {"batchItemFailures": []}
    assert [each.collection_id for each in entries(owner)] == [DEFAULT]
    assert count_of(owner, DEFAULT) == 1


def test_a_big_collection_is_emptied_by_many_messages(
    call: Call, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.lifecycle.item_pages.PAGE", 4)
    owner = a_user()
    collection_id = create(call, owner)
    for _ in range(10):
        body = {"post_id": a_post(owner)}
        assert call(save_app, owner, collection_id=collection_id, body=body)[0] == 200
    call(delete_app, owner, collection_id=collection_id)
    run_stream(Collection(owner.user_id, collection_id))
    jobs, taken = aws.sent["deleted-collections"], []
    while jobs:
        taken.append(jobs.pop(0))
        assert not empty_app(
            {"Records": [{"messageId": "message", "body": taken[-1]}]}, TimeLeft(pages=1)
        )["batchItemFailures"]
    assert [json.loads(job)["is_last"] for job in taken] == [False, False, False, True]
    assert {each.collection_id for each in entries(owner)} == {DEFAULT}
    assert count_of(owner, DEFAULT) == 10


def test_the_same_name_changes_nothing(call: Call) -> None:
    owner = a_user()
    collection_id = create(call, owner)
    before = call(get_app, owner, collection_id=collection_id)[1]["collection"]
    for name in (before["name"], f" {before['name']} "):
        body = {"name": name}
        assert call(rename_app, owner, collection_id=collection_id, body=body) == (200, before)
    status, after = call(rename_app, owner, collection_id=collection_id, body={"name": "Other"})
    assert (status, after["updated_at"] == before["updated_at"]) == (200, False)


@pytest.mark.parametrize("name", ["\u3164", "\u2800", "\u200b\u200b", "\u00ad", "\x00"], ids=ascii)
def test_a_name_of_which_nothing_is_seen_is_refused(name: str, call: Call) -> None:
    status, body = call(create_app, a_user(), body={"name": name})
    assert (status, body["code"]) == (400, "invalid_input")
