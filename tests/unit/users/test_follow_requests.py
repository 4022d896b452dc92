"""Follow requests: approving, rejecting, and going public."""

import json
from typing import Any

import pytest

from profiles.edit_privacy import app as edit_app
from shared import clock
from shared.aws.clients import client
from shared.dynamodb.changes import Change
from shared.errors import RequestNotFound
from tests.support.events import load_event
from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join, as_caller, block, edges_of
from users import follow_requests, follows
from users.approve_follow_request import app as approve_app
from users.approve_requests import app as queue_app
from users.list_follow_requests import app as list_app
from users.models import Relationship, User, edge
from users.on_users_changed import queue_approvals
from users.public import following_celebrities, relation
from users.reject_follow_request import app as reject_app
from users.unfollow_user import app as unfollow_app


def ask(asker: User, owner: User) -> None:
    follows.begin(as_caller(asker), owner)


def jobs(aws: MemoryAws) -> list[dict[str, Any]]:
    found = [json.loads(body) for body in aws.sent.get(follow_requests.QUEUE, [])]
    aws.sent.clear()
    return found


def do(job: dict[str, Any]) -> None:
    event = load_event("users", "approve_requests")
    event["Records"][0]["body"] = json.dumps(job)
    assert queue_app(event, None) == {"batchItemFailures": []}


def make_public(user: User) -> None:
    user.change(User.is_private.set(False), condition=User.is_there())


def test_an_approved_request_becomes_a_follow(call: Call, join: Join) -> None:
    owner, asker = join("owner", is_private=True), join("asker")
    ask(asker, owner)
    assert call(approve_app, owner, "asker")[0] == 200
    assert edges_of(asker) == {
        edge("requested", owner.user_id): False,
        edge("follows", owner.user_id): True,
    }
    assert edges_of(owner) == {
        edge("requested_by", asker.user_id): False,
        edge("followed_by", asker.user_id): True,
    }
    follow = Relationship.find(asker.user_id, edge("follows", owner.user_id))
    request = Relationship.find(asker.user_id, edge("requested", owner.user_id))
    assert follow is not None
    assert request is not None
    assert follow.username == "asker"
    assert (request.approved_by, request.updated_at) == ("owner", follow.since)
    assert follow.listed == f"follows#{follow.since}"
    assert request.listed is None


def test_a_rejected_request_ends_and_may_be_made_again(call: Call, join: Join) -> None:
    owner, asker = join("owner", is_private=True), join("asker")
    ask(asker, owner)
    assert call(reject_app, owner, "asker")[0] == 200
    assert relation(asker.user_id, owner.user_id).follow_status == "none"
    request = Relationship.find(asker.user_id, edge("requested", owner.user_id))
    assert request is not None
    assert request.approved_by is None
    ask(asker, owner)
    assert relation(asker.user_id, owner.user_id).follow_status == "pending"


def test_a_request_after_an_approved_one_can_be_rejected(call: Call, join: Join) -> None:
    owner, asker = join("owner", is_private=True), join("asker")
    ask(asker, owner)
    call(approve_app, owner, "asker")
    call(unfollow_app, asker, "owner")
    ask(asker, owner)
    call(reject_app, owner, "asker")
    request = Relationship.find(asker.user_id, edge("requested", owner.user_id))
    assert request is not None
    assert request.approved_by is None, "the end of this request was no approval"


@pytest.mark.parametrize("app", [approve_app, reject_app])
def test_without_a_request_there_is_nothing_to_answer(app: Any, call: Call, join: Join) -> None:
    owner, asker = join("owner", is_private=True), join("asker")
    status, body = call(app, owner, "asker")
    assert (status, body["code"]) == (404, "request_not_found")
    ask(asker, owner)
    call(unfollow_app, asker, "owner")  # withdrawn
    assert call(app, owner, "asker")[0] == 404
    ask(asker, owner)
    assert call(app, owner, "asker")[0] == 200
    assert call(app, owner, "asker")[0] == 404
    assert call(app, asker, "owner")[0] == 404, "nobody answers their own request"
    assert call(app, owner, "nobody")[1]["code"] == "user_not_found"


def test_a_request_from_a_blocked_person_is_hidden(call: Call, join: Join) -> None:
    owner, asker = join("owner", is_private=True), join("asker")
    ask(asker, owner)
    block(asker, owner)
    for app in (approve_app, reject_app):
        assert call(app, owner, "asker")[1]["code"] == "user_not_found"
    assert call(list_app, owner)[1]["requests"] == []


def test_the_lists_of_requests(call: Call, join: Join) -> None:
    owner, one, two = join("owner", is_private=True), join("one"), join("two")
    for second, asker in enumerate((one, two)):
        with clock.stop_at(1_767_614_400.0 + second):
            ask(asker, owner)
    follows.begin(as_caller(owner), one)
    _, body = call(list_app, owner)
    assert [each["user"]["username"] for each in body["requests"]] == ["two", "one"]
    assert body["requests"][1]["requested_at"] == "2026-01-05T12:00:00.000Z"
    assert body["requests"][1]["user"]["follow_status"] == "approved"
    assert call(list_app, owner, query={"direction": "outgoing"})[1]["requests"] == []
    _, body = call(list_app, one, query={"direction": "outgoing"})
    assert [each["user"]["username"] for each in body["requests"]] == ["owner"]
    assert body["requests"][0]["user"]["follow_status"] == "pending"
    assert call(list_app, one)[1]["requests"] == []
    assert call(list_app, one, query={"direction": "sideways"})[0] == 400


def test_a_cursor_is_valid_for_one_direction_only(call: Call, join: Join) -> None:
    owner = join("owner", is_private=True)
    for name in ("one", "two"):
        ask(join(name), owner)
    cursor = call(list_app, owner, query={"limit": "1"})[1]["next_cursor"]
    query = {"limit": "1", "cursor": cursor}
    assert call(list_app, owner, query=query)[0] == 200
    status, body = call(list_app, owner, query={**query, "direction": "outgoing"})
    assert (status, body["code"]) == (400, "invalid_cursor")


def test_a_follow_that_a_celebrity_approved_is_marked(call: Call, join: Join) -> None:
    star = join("star", is_private=True, celebrity_since="2026-01-01T00:00:00.000Z")
    fan = join("fan")
    ask(fan, star)
    call(approve_app, star, "fan")
    assert following_celebrities(fan.user_id) == [star.user_id]


def test_an_unfollow_during_an_approval_ends_the_follow(
    aws: MemoryAws, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, asker = join("owner", is_private=True), join("asker")
    ask(asker, owner)
    read = follows.read_items

    def approve_after_the_read(*arguments: Any, **named: Any) -> Any:
        found = read(*arguments, **named)
        monkeypatch.setattr(follows, "read_items", read)
        follow_requests.approve(owner, asker.user_id, "asker")
        return found

    monkeypatch.setattr(follows, "read_items", approve_after_the_read)
    _, has_ended = follows.end(asker.user_id, owner.user_id)
    assert has_ended
    assert relation(asker.user_id, owner.user_id).follow_status == "none"


def test_going_public_approves_all_requests_page_by_page(
    aws: MemoryAws, call: Call, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_requests, "PAGE", 2)
    owner = join("owner", is_private=True)
    askers = [join(f"asker{number}") for number in range(5)]
    for asker in askers:
        ask(asker, owner)
    gone = join("gone")
    ask(gone, owner)
    gone.delete()
    assert call(edit_app, owner, body={"is_private": False})[0] == 200
    do({"user_id": owner.user_id, "after": None})
    while found := jobs(aws):
        for job in found:
            do(job)
    assert all(relation(owner.user_id, asker.user_id).followed_by for asker in askers)
    assert not relation(owner.user_id, gone.user_id).followed_by


def test_an_account_that_is_private_again_approves_nobody(aws: MemoryAws, join: Join) -> None:
    owner, asker = join("owner", is_private=True), join("asker")
    ask(asker, owner)
    do({"user_id": owner.user_id, "after": None})
    assert relation(owner.user_id, asker.user_id).requested_by
    do({"user_id": "01KAEJ9B7Q2X4C6V8N0M1Z3D5F", "after": None})  # a deleted account


def test_a_withdrawn_request_does_not_stop_the_others(
    aws: MemoryAws, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = join("owner", is_private=True)
    one, two = join("one"), join("two")
    for asker in (one, two):
        ask(asker, owner)
    make_public(owner)
    find = follow_requests.find_users

    def withdraw_after_the_read(ids: Any) -> Any:
        found = find(ids)
        follows.end(one.user_id, owner.user_id)
        return found

    monkeypatch.setattr(follow_requests, "find_users", withdraw_after_the_read)
    do({"user_id": owner.user_id, "after": None})
    assert not relation(owner.user_id, one.user_id).followed_by
    assert relation(owner.user_id, two.user_id).followed_by


def test_the_stream_queues_approvals_twice_for_late_requests(aws: MemoryAws, join: Join) -> None:
    delays: list[int] = []

    def listen(request: Any, **_: Any) -> None:
        delays.extend(entry["DelaySeconds"] for entry in json.loads(request.body)["Entries"])

    owner = join("owner", is_private=True)
    before, after = owner.serialize(), {**owner.serialize(), "is_private": {"BOOL": False}}
    sqs = client("sqs").meta.events
    sqs.register_first("before-send.sqs.SendMessageBatch", listen)
    try:
        queue_approvals([change(before, after)])
    finally:
        sqs.unregister("before-send.sqs.SendMessageBatch", listen)
    assert delays == [0, follow_requests.GRACE]
    assert jobs(aws) == [{"user_id": owner.user_id, "after": None}] * 2


def test_other_changes_of_an_account_approve_nobody(aws: MemoryAws, join: Join) -> None:
    private, public = join("private", is_private=True), join("public")
    queue_approvals(
        [
            change(None, public.serialize()),
            change(public.serialize(), private.serialize()),
            change(private.serialize(), private.serialize()),
            change(private.serialize(), None),
        ]
    )
    assert jobs(aws) == []


def test_without_a_request_nobody_can_be_approved(join: Join) -> None:
    owner, other = join("owner"), join("other")
    with pytest.raises(RequestNotFound):
        follow_requests.approve(owner, other.user_id, "other")
    assert edges_of(owner) == {}


def change(old: Any, new: Any) -> Change[User]:
    images = [User.from_raw_data(image) if image else None for image in (old, new)]
    return Change(images[0], images[1], "1", "r", "2026-01-05T12:00:00.000Z")
