"""Changing one's profile: the given fields change, in one transaction."""

from typing import Any

import pytest

from media.models import Upload
from profiles import profile_edits
from profiles.update_profile import app
from shared.clock import now, timestamp
from shared.ids import new_id
from tests.support.memory_aws import MemoryAws
from tests.support.people import Call, Join
from users.models import Claim, User

WEEKS_AGO = "2025-12-20T00:00:00.000Z"


def stored(user: User) -> User:
    found = User.find(user.user_id)
    assert found is not None
    return found


def add_upload(owner: User, status: str = "ready", kind: str = "image", **more: Any) -> Upload:
    """Store an upload of a user."""
    upload_id = new_id()
    media = {
        "original": f"media/{upload_id}/original.jpg",
        "variants": {"320": f"media/{upload_id}/320.jpg"},
    }
    upload = Upload(
        upload_id,
        owner_id=owner.user_id,
        kind=kind,
        purpose="avatar",
        status=status,
        content_type="image/jpeg",
        object_key=f"uploads/{kind}/{owner.user_id}/{upload_id}",
        media=media if status == "ready" else None,
        created_at=timestamp(),
        updated_at=timestamp(),
        expires_at=int(now()) + 100,
    )
    for name, value in more.items():
        setattr(upload, name, value)
    upload.save()
    return upload


def kept(upload: Upload) -> Upload:
    found = Upload.find(upload.upload_id)
    assert found is not None
    return found


@pytest.mark.parametrize("route", ["PUT /profile", "PATCH /profile"])
def test_given_fields_change_and_the_others_stay(route: str, call: Call, join: Join) -> None:
    yuki = join("yuki", bio="Before", gender="other", updated_at=WEEKS_AGO)
    status, body = call(app, yuki, route=route, body={"name": " Yuki Ono ", "gender": None})
    assert status == 200
    assert (body["name"], body["bio"], body["gender"]) == ("Yuki Ono", "Before", "other")
    assert body["email"] == "yuki@example.com"
    assert stored(yuki).name == "Yuki Ono"
    assert stored(yuki).updated_at > WEEKS_AGO
    assert call(app, yuki, route=route, body={"bio": ""})[1]["bio"] == ""


def test_the_same_values_write_nothing(aws: MemoryAws, call: Call, join: Join) -> None:
    yuki = join("yuki")
    aws.calls.clear()
    assert call(app, yuki, body={"name": "yuki "})[0] == 400  # five characters at least
    assert call(app, yuki, body={"username": "yuki", "bio": "", "unknown": 1})[0] == 200
    assert "dynamodb.TransactWriteItems" not in aws.calls


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Yuki"},
        {"name": "y" * 65},
        {"bio": "b" * 151},
        {"gender": "robot"},
        {"username": "yu"},
        {"username": "admin"},
        {"username": "yúki"},
        {"username": "уuki_cyrillic"},
        {"username": "01KAEJ9B7Q2X4C6V8N0M1Z3D5F"},
        {"date_of_birth": "2020-01-01"},
        {"date_of_birth": "yesterday"},
        {"upload_id": "no id"},
        {"profile_picture_url": ""},
        {"profile_picture_url": 5},
    ],
)
def test_bounds(body: dict[str, Any], call: Call, join: Join) -> None:
    status, answer = call(app, join("yuki"), body=body)
    assert (status, answer["code"]) == (400, "invalid_input")
    assert answer["details"][0]["field"] == next(iter(body))


def test_another_username_is_claimed_and_the_old_one_is_free(call: Call, join: Join) -> None:
    yuki = join("yuki")
    assert call(app, yuki, body={"username": "Yuki_Ono"})[1]["username"] == "Yuki_Ono"
    claim = Claim.find("username#yuki_ono")
    assert claim is not None
    assert claim.user_id == yuki.user_id
    assert Claim.find("username#yuki") is None
    assert join("yuki", email="other@example.com").user_id != yuki.user_id


def test_another_case_is_the_same_name(call: Call, join: Join) -> None:
    yuki = join("yuki")
    assert call(app, yuki, body={"username": "YUKI"})[1]["username"] == "YUKI"
    claim = Claim.find("username#yuki")
    assert claim is not None
    assert claim.user_id == yuki.user_id


@pytest.mark.parametrize("username", ["omar", "OMAR"])
def test_a_taken_username_changes_nothing(username: str, call: Call, join: Join) -> None:
    yuki, _ = join("yuki"), join("omar")
    status, body = call(app, yuki, body={"username": username, "bio": "New"})
    assert (status, body["code"]) == (409, "username_taken")
    assert (stored(yuki).username, stored(yuki).bio) == ("yuki", "")
    assert Claim.find("username#yuki") is not None


def test_a_date_of_birth_can_be_set_once(call: Call, join: Join) -> None:
    yuki = join("yuki")
    status, body = call(app, yuki, body={"date_of_birth": "1999-04-05"})
    assert (status, body["date_of_birth"], body["profile_complete"]) == (200, "1999-04-05", True)
    assert call(app, yuki, body={"date_of_birth": "1999-04-05"})[0] == 200  # nothing new
    status, body = call(app, yuki, body={"date_of_birth": "1999-04-06", "bio": "New"})
    assert (status, body["code"]) == (409, "date_of_birth_set")
    assert stored(yuki).bio == ""


def test_completing_a_profile_needs_all_of_it(call: Call, join: Join) -> None:
    yuki, route = join("yuki"), "PUT /users/complete-profile"
    status, body = call(app, yuki, route=route, body={"username": "yuki_o"})
    assert (status, body["code"]) == (400, "invalid_input")
    assert [each["field"] for each in body["details"]] == ["date_of_birth", "gender"]
    whole = {"username": "yuki_o", "date_of_birth": "1999-04-05", "gender": "female"}
    status, body = call(app, yuki, route=route, body=whole)
    assert (status, body["profile_complete"], body["username"]) == (200, True, "yuki_o")
    assert call(app, yuki, route=route, body=whole)[0] == 200


@pytest.mark.parametrize("named_by", ["id", "media_url", "url"])
def test_a_picture_is_taken_into_use(named_by: str, call: Call, join: Join) -> None:
    yuki = join("yuki")
    picture = add_upload(yuki)
    small = f"media/{picture.upload_id}/320.jpg"
    body = {
        "id": {"upload_id": picture.upload_id},
        "media_url": {"profile_picture_url": picture.object_key},
        "url": {"profile_picture_url": f"https://bucket.example.com/{small}?X-Amz-Signature=1"},
    }[named_by]
    status, answer = call(app, yuki, body=body)
    assert status == 200
    assert f"/{small}?" in answer["profile_picture_url"]
    assert stored(yuki).picture_key == small
    assert kept(picture).avatar_of == yuki.user_id
    assert kept(picture).expires_at is None


def test_the_replaced_picture_is_given_back(call: Call, join: Join) -> None:
    yuki = join("yuki")
    first, second = add_upload(yuki), add_upload(yuki)
    for picture in (first, second):
        assert call(app, yuki, body={"upload_id": picture.upload_id})[0] == 200
    assert kept(first).avatar_of is None
    assert kept(first).expires_at > now() + 3600  # URLs of it may live for an hour or two
    assert kept(second).expires_at is None
    answer = call(app, yuki, body={"profile_picture_url": None, "upload_id": first.upload_id})[1]
    assert answer["profile_picture_url"] is None
    assert stored(yuki).picture_key is None
    assert kept(second).expires_at is not None


def test_a_picture_that_a_post_shows_as_well_stays(call: Call, join: Join) -> None:
    yuki = join("yuki")
    picture = add_upload(yuki, post_id=new_id(), expires_at=None)
    for body in ({"upload_id": picture.upload_id}, {"upload_id": None}):
        assert call(app, yuki, body=body)[0] == 200
    assert kept(picture).avatar_of is None
    assert kept(picture).expires_at is None


def test_the_same_picture_again_changes_nothing(aws: MemoryAws, call: Call, join: Join) -> None:
    yuki = join("yuki")
    picture = add_upload(yuki)
    url = call(app, yuki, body={"upload_id": picture.upload_id})[1]["profile_picture_url"]
    aws.calls.clear()
    assert call(app, yuki, body={"profile_picture_url": url})[0] == 200
    assert "dynamodb.TransactWriteItems" not in aws.calls
    assert kept(picture).expires_at is None


def test_a_picture_must_be_ones_own_ready_image(call: Call, join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    for upload_id in (
        new_id(),
        add_upload(omar).upload_id,
        add_upload(yuki, expires_at=1).upload_id,
    ):
        status, body = call(app, yuki, body={"upload_id": upload_id})
        assert (status, body["code"]) == (404, "upload_not_found")
    assert call(app, yuki, body={"profile_picture_url": "picture.jpg"})[0] == 404
    for state in ("pending", "processing", "failed"):
        upload = add_upload(yuki, status=state)
        status, body = call(app, yuki, body={"upload_id": upload.upload_id})
        assert (status, body["code"]) == (409, "upload_not_ready")
    video = add_upload(yuki, kind="video")
    assert call(app, yuki, body={"upload_id": video.upload_id})[1]["code"] == "invalid_input"
    assert stored(yuki).picture_key is None


def test_a_concurrent_change_is_read_again(
    call: Call, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    yuki = join("yuki")
    read, changes = profile_edits.find_user, ["yuki_2", "yuki_3"]

    def late(user_id: str, consistent: bool = False) -> User | None:
        user = read(user_id, consistent)
        if changes:
            name = changes.pop(0)
            monkeypatch.setattr(profile_edits, "find_user", read)
            assert call(app, yuki, body={"username": name, "date_of_birth": "1990-01-01"})[0] == 200
            monkeypatch.setattr(profile_edits, "find_user", late)
        return user

    monkeypatch.setattr(profile_edits, "find_user", late)
    assert call(app, yuki, body={"username": "yuki_4"})[0] == 200
    assert stored(yuki).username == "yuki_4"
    names = [
        name for name in ("yuki", "yuki_2", "yuki_3", "yuki_4") if Claim.find(f"username#{name}")
    ]
    assert names == ["yuki_4"]
    status, body = call(app, yuki, body={"date_of_birth": "1999-04-05"})
    assert (status, body["code"]) == (409, "date_of_birth_set")


def test_an_account_that_always_changes_ends_with_an_error(
    call: Call, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    yuki = join("yuki")
    read, numbers = profile_edits.find_user, iter(range(100))

    def always_late(user_id: str, consistent: bool = False) -> User | None:
        user = read(user_id, consistent)
        yuki.update(actions=[User.username.set(f"yuki_{next(numbers)}")])
        return user

    monkeypatch.setattr(profile_edits, "find_user", always_late)
    assert call(app, yuki, body={"username": "someone"})[0] == 503


def test_a_deleted_account_is_not_created_again(call: Call, join: Join) -> None:
    yuki = join("yuki")
    yuki.delete()
    assert call(app, yuki, body={"bio": "New"})[1]["code"] == "user_not_found"
    assert User.find(yuki.user_id) is None
