"""A picture in a message, from the form to its end: for the members, and for nobody else."""

import json
from typing import Any

import httpx
import pytest

from chat import list_messages, on_chat_changed, react_to_message, send_message, unsend_message
from chat.models import Conversation, Member
from media import get_upload, on_media_changed, on_message_deleted
from media.models import Upload
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.ids import new_id
from tests.integration.media.conftest import Bucket, a_form, arrive, call, png, upload_file
from tests.integration.posts import world

pytestmark = pytest.mark.usefixtures("bucket")


def a_room(*people: Caller) -> str:
    """Store a group."""
    moment = timestamp()
    members = [
        Member(user_id=each.user_id, role="member", folder="inbox", joined_at=moment)
        for each in people
    ]
    room = Conversation(
        new_id(), is_group=True, creator_id=people[0].user_id, members=members, created_at=moment
    )
    room.save()
    return str(room.conversation_id)


def send(sender: Caller, conversation_id: str, **body: Any) -> tuple[int, Any]:
    path = {"conversation_id": conversation_id}
    return call(send_message.app, sender, path=path, body=body)


def history(reader: Caller, conversation_id: str) -> tuple[int, Any]:
    return call(list_messages.app, reader, path={"conversation_id": conversation_id})


def unsend(sender: Caller, conversation_id: str, message_id: str) -> None:
    """Unsend, and deliver what follows from it, each time twice."""
    assert call(unsend_message.app, sender, path={"message_id": message_id})[0] == 200
    removed = world.stream_records("messages", conversation_id)[-1:]
    for _ in range(2):
        world.deliver(on_chat_changed.app, removed)
    queue = "media-message-deleted"
    bodies = [each["body"] for each in world.take(queue, lambda body: message_id in str(body))]
    assert len(bodies) == 2
    world.consume(on_message_deleted.app, *bodies)


def test_from_the_form_to_the_end_of_the_last_message(bucket: Bucket) -> None:
    sender, reader, outsider = (world.a_user() for _ in range(3))
    conversation_id = a_room(sender, reader)
    form = a_form(sender, purpose="message")
    status, early = send(sender, conversation_id, upload_id=form["upload_id"])
    assert (status, early["code"]) == (409, "upload_not_ready")
    upload = arrive(upload_file(sender, png(), "image/png", purpose="message"))
    ids = []
    for given in ({"upload_id": upload.upload_id}, {"media_url": upload.object_key}):
        status, sent = send(sender, conversation_id, **given)
        assert (status, sent["type"]) == (201, "image"), sent
        ids.append(sent["id"])
    status, body = history(reader, conversation_id)
    assert status == 200
    for message in body["messages"]:
        fetched = httpx.get(message["media_url"])
        assert (fetched.status_code, fetched.headers["content-type"]) == (200, "image/jpeg")
        assert httpx.get(message["media_url"].partition("?")[0]).status_code == 403

    path, emoji = {"message_id": ids[0]}, {"emoji": "👍"}
    for answer in (
        history(outsider, conversation_id),
        send(outsider, conversation_id, upload_id=upload.upload_id),
        call(react_to_message.app, outsider, path=path, body=emoji),
        call(unsend_message.app, outsider, path=path),
        call(get_upload.app, outsider, path={"upload_id": upload.upload_id}),
        call(get_upload.app, reader, path={"upload_id": upload.upload_id}),
    ):
        assert answer[0] == 404, answer
        assert "media/" not in json.dumps(answer)

    unsend(sender, conversation_id, ids[0])
    assert httpx.get(history(reader, conversation_id)[1]["messages"][0]["media_url"]).is_success
    unsend(sender, conversation_id, ids[1])
    assert Upload.find(upload.upload_id, consistent=True) is None
    world.deliver(on_media_changed.app, world.stream_records("uploads", upload.upload_id))
    assert bucket.keys(upload) == []
