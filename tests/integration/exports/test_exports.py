"""Exports end to end: the data of all services, written to the bucket and downloaded."""

import io
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from auth.models import Credentials, Session
from chat.models import Conversation, InboxRow, Message
from exports import export_contents, exports, make_export, zip_stream
from exports.models import Export
from media.models import Upload
from notifications.models import Notification
from posts.models import Comment, CommentLike, Like, Post
from shared.aws.clients import client
from shared.clock import now, timestamp
from shared.config import config
from shared.dynamodb.tables import Table, write_items
from shared.ids import new_id
from tests.integration.users.conftest import Join
from tests.support.events import load_event
from users.models import EdgeKind, Relationship, User, edge

LATER = int(now()) + 3600


pytestmark = pytest.mark.usefixtures("bucket")


def work(user: User, export_id: str, tries: int = 1) -> list[Any]:
    """Deliver a job to the worker; return the failures that it reports."""
    event = load_event("exports", "make_export")
    [record] = event["Records"]
    record["body"] = json.dumps({"user_id": user.user_id, "export_id": export_id})
    record["attributes"]["ApproximateReceiveCount"] = str(tries)
    failures: list[Any] = make_export.app(event, None)["batchItemFailures"]
    return failures


def objects_of(user: User) -> list[str]:
    found = client("s3").list_objects_v2(
        Bucket=config.media_bucket, Prefix=f"exports/{user.user_id}/"
    )
    return [each["Key"] for each in found.get("Contents", [])]


def unfinished_of(user: User) -> list[Any]:
    found: Any = client("s3").list_multipart_uploads(Bucket=config.media_bucket)
    return [each for each in found.get("Uploads", []) if f"exports/{user.user_id}/" in each["Key"]]


def stored(user: User) -> Export:
    found = Export.find(user.user_id, consistent=True)
    assert found is not None
    return found


@contextmanager
def exported(user: User) -> Iterator[zipfile.ZipFile]:
    """The archive of a user, made and downloaded by its link."""
    requested = exports.request_export(user.user_id)
    assert work(user, requested.export_id) == []
    shape = exports.export_shape(stored(user))
    assert shape["status"] == "ready"
    assert shape["url"]
    fetched = httpx.get(shape["url"])
    assert fetched.status_code == 200
    assert len(fetched.content) == shape["size"]
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        assert archive.testzip() is None
        yield archive


def read(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(f"{name}.json"))


def draw(kind: EdgeKind, of: User, other: User, is_active: bool = True) -> None:
    moment = timestamp()
    Relationship(
        of.user_id, edge(kind, other.user_id), is_active=is_active, since=moment, updated_at=moment
    ).save()


def a_post(author: User, caption: str, **more: Any) -> Post:
    post = Post(
        new_id(),
        author_id=author.user_id,
        author_username=author.username,
        caption=caption,
        media=[],
        created_at=timestamp(),
        updated_at=timestamp(),
        **more,
    )
    post.save()
    return post


def a_like(who: User, post: Post) -> Like:
    return Like(
        post.post_id,
        who.user_id,
        username=who.username,
        author_id=post.author_id,
        liked_at=timestamp(),
    )


def a_comment(who: User, post: Post, content: str) -> Comment:
    return Comment(
        post.post_id,
        new_id(),
        thread=post.post_id,
        user_id=who.user_id,
        username=who.username,
        post_author_id=post.author_id,
        content=content,
        created_at=timestamp(),
    )


def a_picture(owner: User, data: bytes | None) -> Upload:
    upload_id = new_id()
    key = f"media/{upload_id}/original.jpg"
    if data is not None:
        client("s3").put_object(Bucket=config.media_bucket, Key=key, Body=data)
    upload = Upload(
        upload_id,
        owner_id=owner.user_id,
        kind="image",
        status="ready",
        content_type="image/jpeg",
        object_key=f"uploads/image/{owner.user_id}/{upload_id}",
        media={"original": key, "width": 4, "height": 3, "duration": None},
        created_at=timestamp(),
        updated_at=timestamp(),
    )
    upload.save()
    return upload


def a_conversation(*members: User) -> str:
    moment, conversation_id = timestamp(), new_id()
    listed = [
        {"user_id": each.user_id, "role": "member", "folder": "inbox", "joined_at": moment}
        for each in members
    ]
    Conversation(
        conversation_id,
        is_group=False,
        creator_id=members[0].user_id,
        members=listed,
        created_at=moment,
    ).save()
    for each in members:
        InboxRow(each.user_id, conversation_id, folder="inbox", active_at=moment).save()
    return conversation_id


def a_message(conversation_id: str, sender: User, content: str) -> Message:
    return Message(
        conversation_id,
        new_id(),
        sender_id=sender.user_id,
        sender_username=sender.username,
        content=content,
        created_at=timestamp(),
    )


def test_an_archive_contains_the_data_of_every_service(join: Join) -> None:
    yuki, bob, eve = join("yuki", bio="Grüße 名前"), join("bob"), join("eve")
    mine, bobs = a_post(yuki, "my own"), a_post(bob, "the secret of bob")
    a_post(yuki, "deleted", deleted_at=timestamp())
    comment = a_comment(yuki, bobs, "how nice")
    foreign = a_comment(bob, mine, "a word of bob")
    write_items([a_like(yuki, bobs), a_like(bob, mine), comment, foreign])
    CommentLike(
        foreign.comment_id,
        yuki.user_id,
        post_id=mine.post_id,
        username=yuki.username,
        commenter_id=bob.user_id,
        liked_at=timestamp(),
    ).save()
    room, other_room = a_conversation(yuki, bob), a_conversation(bob, eve)
    write_items(
        [
            a_message(room, yuki, "hello bob"),
            a_message(room, bob, "hello yuki"),
            a_message(other_room, eve, "between us"),
        ]
    )
    photograph = os.urandom(9_000_000)  # more than one part of an upload
    picture, gone = a_picture(yuki, photograph), a_picture(yuki, None)
    a_picture(bob, b"the picture of bob")
    Credentials(
        yuki.user_id,
        password_hash="$2b$the-hash",
        created_at=timestamp(),
        last_login_at=timestamp(),
    ).save()
    Session(
        yuki.user_id,
        new_id(),
        device="Firefox",
        ip="203.0.113.7",
        created_at=timestamp(),
        last_seen_at=timestamp(),
        expires_at=LATER,
    ).save()
    Notification(
        yuki.user_id,
        new_id(),
        type="user.followed",
        actor_id=bob.user_id,
        actor_username=bob.username,
        entity_id=bob.user_id,
        created_at=timestamp(),
        expires_at=LATER,
    ).save()

    with exported(yuki) as archive:
        account = read(archive, "account")
        assert (account["email"], account["bio"]) == (yuki.email, "Grüße 名前")
        assert account["security"]["has_password"] is True
        assert [each["device"] for each in read(archive, "sessions")] == ["Firefox"]
        posts = {each["caption"]: each["deleted_at"] for each in read(archive, "posts")}
        assert posts.keys() == {"my own", "deleted"}
        assert posts["my own"] is None and posts["deleted"] is not None
        assert [each["post_id"] for each in read(archive, "likes")] == [bobs.post_id]
        [written] = read(archive, "comments")
        assert (written["comment_id"], written["content"]) == (comment.comment_id, "how nice")
        [liked] = read(archive, "comment_likes")
        assert liked["comment_id"] == foreign.comment_id
        [talk] = read(archive, "conversations")
        assert talk["conversation_id"] == room
        names = {each["username"] for each in talk["participants"]}
        assert names == {yuki.username, bob.username}
        said = [each["content"] for each in read(archive, f"messages/{room}")]
        assert said == ["hello bob", "hello yuki"]
        [notification] = read(archive, "notifications")
        assert notification["actor_username"] == bob.username
        uploads = {each["upload_id"]: each["file"] for each in read(archive, "uploads")}
        assert set(uploads) == {picture.upload_id, gone.upload_id}
        assert archive.read(uploads[picture.upload_id]) == photograph
        assert read(archive, "media_left_out") == [{"file": uploads[gone.upload_id]}]

        readme = archive.read("README.txt").decode()
        for name in archive.namelist():
            top = name.partition("/")[0]
            assert top in readme or name == "README.txt", f"the README does not mention {name}"
            assert ".." not in name
            assert not name.startswith("/")
        everything = b"".join(archive.read(name) for name in archive.namelist())
    for foreign_thing in (b"secret of bob", b"word of bob", b"picture of bob", b"between us"):
        assert foreign_thing not in everything
    for secret in (b"$2b$", b"hash", eve.username.encode(), bob.email.encode(), b"deleted long"):
        assert secret not in everything


def test_an_archive_names_only_people_its_owner_may_see(join: Join) -> None:
    yuki, friend, blocker, banned = join("y"), join("f"), join("x"), join("b", status="banned")
    for other in (friend, blocker, banned):
        draw("follows", yuki, other)
        draw("followed_by", yuki, other)
    draw("blocked_by", yuki, blocker)
    draw("blocks", yuki, friend)
    draw("mutes", yuki, friend)
    draw("close_friend", yuki, friend, is_active=False)
    draw("hides_story_from", yuki, friend)
    with exported(yuki) as archive:
        following = {each["user_id"]: each["username"] for each in read(archive, "following")}
        assert following == {
            friend.user_id: friend.username,
            blocker.user_id: None,
            banned.user_id: None,
        }
        [follower] = read(archive, "followers")
        assert follower["username"] == friend.username
        for name in ("blocked", "muted", "stories_hidden_from"):
            assert [each["user_id"] for each in read(archive, name)] == [friend.user_id], name
        assert read(archive, "close_friends") == []
        everything = b"".join(archive.read(name) for name in archive.namelist())
        assert b"blocked_by" not in everything


def test_lists_are_read_to_their_end(join: Join) -> None:
    yuki, bob = join("yuki"), join("bob")
    room, post = a_conversation(yuki, bob), a_post(bob, "popular")
    many: list[Table] = []
    for number in range(230):
        many.append(a_message(room, yuki, f"message {number}"))
        many.append(a_comment(yuki, post, f"comment {number}"))
        many.append(a_like(yuki, Post(new_id(), author_id=bob.user_id)))
        many.append(
            Relationship(
                yuki.user_id,
                edge("follows", new_id()),
                is_active=number % 2 == 0,
                since=timestamp(),
                updated_at=timestamp(),
            )
        )
    write_items(many)
    with exported(yuki) as archive:
        said = [each["content"] for each in read(archive, f"messages/{room}")]
        assert said == [f"message {number}" for number in range(230)]
        written = {each["content"] for each in read(archive, "comments")}
        assert written == {f"comment {number}" for number in range(230)}
        assert len(read(archive, "likes")) == 230
        assert len(read(archive, "following")) == 115


def test_a_repeated_job_makes_no_second_archive(join: Join) -> None:
    yuki = join("yuki")
    requested = exports.request_export(yuki.user_id)
    assert work(yuki, requested.export_id) == []
    first = stored(yuki)
    assert work(yuki, requested.export_id) == []
    assert stored(yuki).attribute_values == first.attribute_values
    assert objects_of(yuki) == [first.object_key]


def test_of_two_concurrent_workers_one_wins_and_the_other_cleans_up(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    yuki = join("yuki")
    requested = exports.request_export(yuki.user_id)
    write = export_contents.write_contents

    def write_while_another_is_quicker(*given: Any) -> int:
        monkeypatch.setattr(make_export, "write_contents", write)
        assert work(yuki, requested.export_id) == []
        return write(*given)

    monkeypatch.setattr(make_export, "write_contents", write_while_another_is_quicker)
    assert work(yuki, requested.export_id) == []
    assert objects_of(yuki) == [stored(yuki).object_key]


def test_a_failing_export_is_retried_and_then_marked_as_failed(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    yuki = join("yuki")
    requested = exports.request_export(yuki.user_id)

    unfinished: list[int] = []

    def fail(archive: zip_stream.Archive, *_: Any) -> int:
        archive.add_text("README.txt", "So far so good")
        unfinished.append(len(unfinished_of(yuki)))
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(make_export, "write_contents", fail)
        for tries in (1, 2):
            assert work(yuki, requested.export_id, tries)
            assert stored(yuki).status == "pending"
        assert work(yuki, requested.export_id, 3), "the job becomes a dead letter"
    assert stored(yuki).status == "failed"
    assert unfinished == [1, 1, 1], "each try starts again, and cleans up"
    assert (objects_of(yuki), unfinished_of(yuki)) == ([], [])
    with exported(yuki):
        assert stored(yuki).export_id != requested.export_id


@pytest.mark.parametrize("how", ["deleted", "gone", "replaced"])
def test_the_worker_stops_when_the_export_is_obsolete(
    join: Join, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    yuki = join("yuki")
    a_picture(yuki, b"jpeg")
    requested = exports.request_export(yuki.user_id)
    monkeypatch.setattr(make_export, "_CHECK_EVERY", 0)
    topics = export_contents._topics

    def topics_with_a_change(user: User) -> Iterator[Any]:
        for number, topic in enumerate(topics(user)):
            if number == 2 and how == "deleted":
                yuki.update(actions=[User.status.set("deleted")])
            elif number == 2 and how == "gone":
                yuki.delete()
                exports.delete_exports(yuki.user_id)
            elif number == 2:
                exports.fail(yuki.user_id, requested.export_id)
                exports.request_export(yuki.user_id)
            yield topic

    monkeypatch.setattr(export_contents, "_topics", topics_with_a_change)
    assert work(yuki, requested.export_id) == []
    assert (objects_of(yuki), unfinished_of(yuki)) == ([], [])
    found = Export.find(yuki.user_id, consistent=True)
    statuses = {"deleted": "failed", "gone": None, "replaced": "pending"}
    assert (found.status if found else None) == statuses[how]


def test_files_beyond_the_time_limit_are_left_out_and_listed(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    yuki = join("yuki")
    picture = a_picture(yuki, b"jpeg")
    monkeypatch.setattr(make_export, "TIME_FOR_FILES", 0)
    with exported(yuki) as archive:
        name = f"media/{picture.upload_id}.jpg"
        assert name not in archive.namelist()
        assert read(archive, "media_left_out") == [{"file": name}]
        assert "media_left_out.json" in archive.read("README.txt").decode()


def test_an_export_beyond_the_time_limit_fails(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    yuki = join("yuki")
    requested = exports.request_export(yuki.user_id)
    monkeypatch.setattr(make_export, "TIME_LIMIT", -1)
    assert work(yuki, requested.export_id, 3)
    assert stored(yuki).status == "failed"
    assert (objects_of(yuki), unfinished_of(yuki)) == ([], [])


def test_an_erased_account_has_no_archive(join: Join) -> None:
    yuki, bob = join("yuki"), join("bob")
    for user in (yuki, bob):
        with exported(user):
            pass
    exports.delete_exports(yuki.user_id)
    exports.delete_exports(yuki.user_id)
    assert Export.find(yuki.user_id, consistent=True) is None
    assert objects_of(yuki) == []
    assert len(objects_of(bob)) == 1


def test_browsers_save_the_archive_under_the_users_name(join: Join) -> None:
    yuki = join("yuki")
    with exported(yuki):
        url = exports.export_shape(stored(yuki))["url"]
    assert url
    fetched = httpx.get(url)
    assert fetched.headers["content-type"] == "application/zip"
    disposition = f'attachment; filename="hoshi-{yuki.username}.zip"'
    assert fetched.headers["content-disposition"] == disposition
    assert httpx.get(url.partition("?")[0]).status_code == 403
