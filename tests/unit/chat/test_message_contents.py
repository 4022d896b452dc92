"""What a message shows: an upload of its sender, a post or a story that its sender may see."""

import json
from typing import Any

import pytest

from chat import list_messages, send_message, ws_send_message
from chat.event_log import replay
from chat.message_history import history
from chat.models import Conversation, InboxRow, Message
from chat.on_chat_changed import message_events, update_inboxes
from chat.personal_data import export_of
from chat.rooms import find_view
from media.models import Upload
from shared.access.caller import Caller
from shared.clock import stop_at, timestamp
from shared.dynamodb.changes import Change
from shared.events.chat import MessageDeleted
from shared.ids import first_id_at, new_id, time_of
from stories.visibility import LIFE
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.stories import a_story
from tests.support.uploads import an_upload
from tests.unit.chat.conftest import (
    Frames,
    a_message,
    a_room,
    a_socket,
    a_user,
    call,
    connect,
    socket_event,
)
from tests.unit.conftest import NOON

MESSAGES = "/conversations/{conversation_id}/messages"


@pytest.fixture(autouse=True)
def limits(settings: pytest.MonkeyPatch, in_memory: None) -> None:
    settings.setenv("MAX_STORY_SECONDS", "60")


def send(caller: Caller, room: Conversation, **body: Any) -> tuple[int, Any]:
    path = {"conversation_id": room.conversation_id}
    return call(send_message.app, f"POST {MESSAGES}", caller, path=path, body=body)


def read(caller: Caller, room: Conversation) -> list[dict[str, Any]]:
    path = {"conversation_id": room.conversation_id}
    status, body = call(list_messages.app, f"GET {MESSAGES}", caller, path=path)
    assert status == 200
    messages: list[dict[str, Any]] = body["messages"]
    return messages


def stored(room: Conversation) -> list[Message]:
    return list(Message.query(room.conversation_id))


def shown_by(upload: Upload) -> set[str] | None:
    """The ids of the messages that show the upload; None if it is gone."""
    found = Upload.find(upload.upload_id)
    return set(found.post_ids or ()) if found else None


@pytest.mark.parametrize(
    ("content_type", "duration", "kind", "file"),
    [
        ("image/jpeg", None, "image", "320.jpg"),
        ("image/gif", None, "gif", "original"),
        ("video/mp4", 60.4, "video", "320.jpg"),
    ],
)
def test_members_get_the_file_of_a_message(
    content_type: str, duration: float | None, kind: str, file: str
) -> None:
    one, other = a_user(), a_user()
    room, upload = a_room(one, other), an_upload(one, content_type, duration)
    for given in ({}, {"type": kind, "content": "Look"}):
        status, sent = send(one, room, upload_id=upload.upload_id, **given)
        assert status == 201, sent
        assert (sent["type"], sent["content"]) == (kind, given.get("content"))
        assert sent["media"]["upload_id"] == upload.upload_id
        assert sent["media_type"] == sent["media"]["type"] == upload.kind
        assert f"media/{upload.upload_id}/{file}?X-Amz-" in sent["media_url"]
        assert read(other, room)[0] == sent
    assert shown_by(upload) == {each.message_id for each in stored(room)}
    kept = Upload.get(upload.upload_id)
    assert kept.expires_at is None


def test_an_upload_by_its_url_over_a_socket(frames: Frames) -> None:
    one, other = a_user(), a_user()
    room, upload = a_room(one, other), an_upload(one)
    a_socket(one, "socket")
    a_socket(other, "b")
    body = {
        "action": "send_message",
        "roomId": room.conversation_id,
        "message": "Look",
        "media_url": upload.object_key,
    }
    ws_send_message.app(socket_event("send_message", caller=one, body=body), LambdaContext())
    [answer], [received] = frames("socket"), frames("b")
    assert answer["data"] == received["data"]
    assert received["data"]["message"] == "Look"
    assert f"media/{upload.upload_id}/" in received["data"]["media"]["url"]
    [message] = history(find_view(room.conversation_id, other.user_id), 50)["messages"]
    assert message == received["data"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"status": "pending"}, (409, "upload_not_ready")),
        ({"status": "processing"}, (409, "upload_not_ready")),
        ({"status": "failed"}, (409, "upload_not_ready")),
        ({"purpose": "post"}, (400, "invalid_input")),
        ({"content_type": "video/mp4", "duration": 61.0}, (400, "invalid_input")),
        ({"post_id": "x", "post_ids": {new_id() for _ in range(100)}}, (409, "upload_in_use")),
        ({"expires_at": 1}, (404, "upload_not_found")),
    ],
)
def test_an_upload_that_no_message_can_show(
    given: dict[str, Any], expected: tuple[int, str]
) -> None:
    one = a_user()
    room, upload = a_room(one, a_user()), an_upload(one, **given)
    status, answer = send(one, room, content="Look", upload_id=upload.upload_id)
    assert (status, answer["code"]) == expected
    assert stored(room) == []


def test_uploads_of_others_do_not_exist() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    upload = an_upload(other)
    send(other, room, upload_id=upload.upload_id)
    for named in (
        {"upload_id": upload.upload_id},
        {"media_url": upload.object_key},
        {"media_url": read(one, room)[0]["media_url"]},
        {"upload_id": new_id()},
        {"media_url": "https://example.com/cat.gif"},
    ):
        status, answer = send(one, room, **named)
        assert (status, answer["code"]) == (404, "upload_not_found"), named


def test_the_type_must_be_that_of_the_file() -> None:
    one = a_user()
    room, upload = a_room(one, a_user()), an_upload(one, "image/gif")
    for kind in ("image", "video", "text", "story"):
        status, answer = send(one, room, type=kind, upload_id=upload.upload_id)
        assert (status, answer["code"]) == (400, "invalid_input"), kind
    assert stored(room) == []


def test_a_deleted_upload_leaves_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """The upload is deleted between its read and the write."""
    one = a_user()
    room, upload = a_room(one, a_user()), an_upload(one)
    found = Upload.get(upload.upload_id)
    upload.delete()
    monkeypatch.setattr("chat.message_contents.find_named_upload", lambda *_: found)
    status, answer = send(one, room, upload_id=upload.upload_id)
    assert (status, answer["code"]) == (404, "upload_not_found")
    assert stored(room) == []


def test_a_resend_attaches_nothing() -> None:
    one = a_user()
    room = a_room(one, a_user())
    first, second = an_upload(one), an_upload(one)
    _, sent = send(one, room, upload_id=first.upload_id, client_message_id="m")
    status, again = send(one, room, upload_id=second.upload_id, client_message_id="m")
    assert (status, again) == (200, sent)
    assert (shown_by(first), shown_by(second)) == ({sent["id"]}, set())


def test_the_event_of_a_deleted_message_names_its_upload() -> None:
    one = a_user()
    room, upload = a_room(one, a_user()), an_upload(one)
    send(one, room, upload_id=upload.upload_id)
    shows = stored(room)[0]
    for message, uploads in ((shows, [upload.upload_id]), (a_message(room, one), [])):
        [(actor, event)] = message_events(Change(message, None, "1", "", ""))
        ids = (message.message_id, room.conversation_id, one.user_id)
        assert (actor, event) == (one.user_id, MessageDeleted(*ids, uploads))


def test_a_reply_to_a_story() -> None:
    author, reader = a_user(), a_user()
    room, story_id = a_room(reader, author), a_story(author, caption="Snow")
    status, sent = send(reader, room, story_id=story_id, content="❄️")
    assert (status, sent["type"], sent["story_id"]) == (201, "story", story_id)
    assert sent["story"] is None, "an answer may be repeated when the story is over"
    for viewer in (author, reader):
        [message] = read(viewer, room)
        assert (message["id"], message["content"]) == (sent["id"], "❄️")
        assert message["story"]["caption"] == "Snow"
        assert message["story"]["id"] == message["story_id"] == story_id
        assert (message["story"]["view_count"] is None) == (viewer is reader)


def test_only_a_story_that_the_sender_sees_can_be_sent() -> None:
    author, sender = a_user(is_private=True), a_user()
    room, story_id = a_room(sender, a_user()), a_story(author)
    for named in (story_id, new_id()):
        status, answer = send(sender, room, story_id=named)
        assert (status, answer["code"]) == (404, "story_not_found")
    connect(sender, "follows", author)
    with stop_at(time_of(story_id) + LIFE):
        for person in (sender, author):
            own = a_room(person, a_user())
            status, answer = send(person, own, story_id=story_id)
            assert (status, answer["code"]) == (410, "story_expired")
    assert stored(room) == []
    assert send(sender, room, story_id=story_id)[0] == 201


def test_frames_show_no_story(frames: Frames) -> None:
    """One frame goes to several readers, and not each belongs to the story's audience."""
    author, reader = a_user(), a_user()
    room, story_id = a_room(reader, author), a_story(author, caption="Snow")
    a_socket(author, "b")
    send(reader, room, story_id=story_id)
    [frame] = frames("b")
    assert (frame["data"]["story_id"], frame["data"]["story"]) == (story_id, None)
    [message] = history(find_view(room.conversation_id, author.user_id), 50)["messages"]
    assert message["story"]["caption"] == "Snow"


def test_a_page_reads_all_of_its_stories_at_once(aws: MemoryAws) -> None:
    reader, authors = a_user(), [a_user() for _ in range(3)]
    room = a_room(reader, *authors, is_group=True)
    for author in authors * 3:
        a_message(room, author)
    aws.calls.clear()
    read(reader, room)
    texts_alone = aws.calls.count("dynamodb.BatchGetItem")
    for author in authors * 3:
        story = {"story_id": a_story(author), "story_author_id": author.user_id}
        a_message(room, author, type="story", **story)
    aws.calls.clear()
    messages = read(reader, room)
    assert sum(each["story"] is not None for each in messages) == 9
    assert aws.calls.count("dynamodb.BatchGetItem") == texts_alone + 2


def test_outsiders_learn_nothing() -> None:
    one, outsider = a_user(), a_user()
    room, upload = a_room(one, a_user()), an_upload(one)
    send(one, room, upload_id=upload.upload_id)
    path = {"conversation_id": room.conversation_id}
    status, body = call(list_messages.app, f"GET {MESSAGES}", outsider, path=path)
    assert (status, body["code"]) == (404, "conversation_not_found")
    for given in ({"content": "Hello"}, {"upload_id": upload.upload_id}, {"story_id": new_id()}):
        status, body = send(outsider, room, **given)
        assert (status, body["code"]) == (404, "conversation_not_found"), given
        assert upload.upload_id not in json.dumps(body)


def test_an_export_names_uploads_and_stories_by_their_ids() -> None:
    one, other = a_user(), a_user()
    room, upload, story_id = a_room(one, other), an_upload(one), a_story(other)
    InboxRow(one.user_id, room.conversation_id, folder="inbox", active_at=timestamp()).save()
    send(one, room, upload_id=upload.upload_id)
    send(one, room, story_id=story_id)
    topics = {topic.name: list(topic.content) for topic in export_of(one.user_id)}
    shows_upload, shows_story = topics[f"messages/{room.conversation_id}"]
    media = {"upload_id": upload.upload_id, "type": "image", "alt_text": None}
    assert (shows_upload["media"], shows_upload["story_id"]) == (media, None)
    assert (shows_story["media"], shows_story["story_id"]) == (None, story_id)
    assert "X-Amz" not in json.dumps(topics), "an export holds no links"


def test_a_replayed_frame_shows_the_media_and_no_story() -> None:
    one, other = a_user(), a_user()
    room, upload, story_id = a_room(one, other), an_upload(one), a_story(other, caption="Snow")
    for given in ({"upload_id": upload.upload_id}, {"story_id": story_id}):
        send(one, room, **given)
    update_inboxes([Change(None, each, "1", "", timestamp()) for each in stored(room)])
    picture, story = replay(other.user_id, first_id_at(NOON - 9), 9).frames
    assert f"media/{upload.upload_id}/" in picture.data["media_url"]
    assert (story.data["story_id"], story.data["story"]) == (story_id, None)
