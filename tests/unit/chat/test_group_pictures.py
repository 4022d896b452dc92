"""Pictures of groups: an own upload that is ready, in use as long as the group shows it."""

from typing import Any

import pytest

from chat import create_group, get_conversation
from chat.erased_members import erase_member
from chat.models import Conversation, InboxRow
from media.models import Upload
from media.uploads import new_upload
from shared.access.caller import Caller
from shared.clock import now
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import a_user, befriend, call
from tests.unit.chat.test_groups import change, code, forget_answers, get, leave, messages, start


def an_upload(owner: Caller, **given: Any) -> Upload:
    upload = new_upload(owner.user_id, "image/jpeg", "image", "group")
    media = {"variants": {"320": f"media/{upload.upload_id}/320.jpg"}, "original": "x"}
    for name, value in {"status": "ready", "media": media, **given}.items():
        setattr(upload, name, value)
    upload.save()
    return upload


def stored(upload: Upload) -> Upload:
    found = Upload.find(upload.upload_id)
    assert found
    return found


@pytest.fixture
def friends() -> tuple[Caller, Caller]:
    one, two = a_user(), a_user()
    befriend(one, two)
    return one, two


def test_a_group_starts_with_a_picture(friends: tuple[Caller, Caller]) -> None:
    one, two = friends
    upload = an_upload(one)
    shape = start(one, two, upload_id=upload.upload_id)
    url = get(two, shape["id"])[1]["group_image_url"]
    assert f"/media/{upload.upload_id}/320.jpg?" in url
    kept = stored(upload)
    assert (kept.group_of, kept.expires_at) == (shape["id"], None)
    path = {"conversation_id": shape["id"]}
    route = "GET /conversations/{conversation_id}"
    assert code(call(get_conversation.app, route, a_user(), path=path))[0] == 404


def test_a_group_that_was_created_without_an_answer_is_answered_when_it_is_repeated(
    friends: tuple[Caller, Caller], aws: MemoryAws
) -> None:
    one, two = friends
    body = {
        "participant_ids": [two.user_id],
        "group_name": "We",
        "upload_id": an_upload(one).upload_id,
    }
    given = {"body": body, "headers": {"Idempotency-Key": "once"}}
    ids = []
    for _ in range(2):
        status, shape = call(create_group.app, "POST /conversations/group", one, **given)
        assert status == 201, shape
        ids.append(shape["id"])
        forget_answers(aws)
    assert ids[0] == ids[1]
    given["headers"] = {"Idempotency-Key": "another"}
    answer = call(create_group.app, "POST /conversations/group", one, **given)
    assert code(answer) == (409, "upload_in_use")


def test_a_new_picture_releases_the_old_one(friends: tuple[Caller, Caller]) -> None:
    one, two = friends
    first, second = an_upload(one), an_upload(two)
    room_id = start(one, two, upload_id=first.upload_id)["id"]
    status, shape = change(two, room_id, group_image_url=second.object_key)
    assert (status, second.upload_id in shape["group_image_url"]) == (200, True)
    assert (stored(first).group_of, stored(second).group_of) == (None, room_id)
    assert stored(first).expires_at == int(now()) + 86400
    assert change(one, room_id, group_name="Us")[1]["group_image_url"] == shape["group_image_url"]
    assert change(one, room_id, group_image_url=None)[1]["group_image_url"] is None
    assert stored(second).group_of is None
    kinds = [each["system"]["kind"] for each in messages(one, room_id)]
    assert kinds == ["pictured", "named", "pictured", "created"]


def test_the_end_of_a_group_releases_its_picture(friends: tuple[Caller, Caller]) -> None:
    one, two = friends
    upload = an_upload(two)
    room_id = start(one, two)["id"]
    assert change(two, room_id, upload_id=upload.upload_id)[0] == 200
    leave(two, room_id)
    assert stored(upload).group_of == room_id
    leave(one, room_id)
    assert stored(upload).group_of is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"status": "pending"}, (409, "upload_not_ready")),
        ({"status": "failed"}, (409, "upload_not_ready")),
        ({"owner_id": "somebody"}, (404, "upload_not_found")),
        ({"purpose": "post"}, (400, "invalid_input")),
        ({"kind": "video"}, (400, "invalid_input")),
        ({"group_of": "another group"}, (409, "upload_in_use")),
    ],
)
def test_what_is_no_picture(
    given: dict[str, Any], expected: tuple[int, str], friends: tuple[Caller, Caller]
) -> None:
    one, two = friends
    upload = an_upload(one, **given)
    room_id = start(one, two)["id"]
    assert code(change(one, room_id, upload_id=upload.upload_id)) == expected
    assert get(one, room_id)[1]["group_image_url"] is None


def test_a_picture_that_is_also_an_avatar_does_not_expire(friends: tuple[Caller, Caller]) -> None:
    one, two = friends
    upload = an_upload(one, avatar_of=one.user_id, expires_at=None)
    room_id = start(one, two, upload_id=upload.upload_id)["id"]
    change(one, room_id, upload_id=None)
    assert (stored(upload).group_of, stored(upload).expires_at) == (None, None)


def test_an_erased_person_takes_their_picture_along(friends: tuple[Caller, Caller]) -> None:
    one, two = friends
    room_id = start(one, two, upload_id=an_upload(one).upload_id)["id"]
    row = InboxRow.find(one.user_id, room_id)
    assert row
    assert erase_member(row)
    room = Conversation.find(room_id)
    assert room
    assert (room.picture, room.member_ids()) == (None, [two.user_id])
    [message] = messages(two, room_id)
    assert (message["sender_username"], message["type"]) == (one.username, "system")


def test_an_erased_person_who_had_left_takes_their_picture_along(
    friends: tuple[Caller, Caller],
) -> None:
    one, two = friends
    room_id = start(one, two, upload_id=an_upload(one).upload_id)["id"]
    leave(one, room_id)
    row = InboxRow.find(one.user_id, room_id)
    assert row
    assert erase_member(row)
    assert get(two, room_id)[1]["group_image_url"] is None


def test_a_group_that_ends_by_an_erasure_releases_the_picture_of_one_who_had_left(
    friends: tuple[Caller, Caller],
) -> None:
    one, two = friends
    upload = an_upload(two)
    room_id = start(one, two)["id"]
    change(two, room_id, upload_id=upload.upload_id)
    leave(two, room_id)
    row = InboxRow.find(one.user_id, room_id)
    assert row
    assert erase_member(row)
    assert Conversation.find(room_id) is None
    assert (stored(upload).group_of, stored(upload).expires_at) == (None, int(now()) + 86400)
