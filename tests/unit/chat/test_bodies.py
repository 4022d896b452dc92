"""Bodies and frames that clients may send, in either dialect."""

from typing import Any

import pytest

from chat.bodies import NewConversation, NewMessage, NewMessageFrame, SyncFrame
from shared.errors import InvalidInput
from shared.http.requests import validated
from shared.ids import new_id

ID = new_id()


@pytest.mark.parametrize(
    "given",
    [
        {"conversation_id": ID, "content": "Hello"},
        {"roomId": ID, "message": "Hello"},
        {"conversation_id": ID, "roomId": "x", "content": " Hello ", "message": "Bye"},
        {"roomId": ID, "content": None, "message": "Hello", "action": "send_message"},
    ],
)
def test_both_dialects_are_accepted_and_our_names_take_precedence(given: dict[str, Any]) -> None:
    frame = validated(NewMessageFrame, given)
    assert (frame.conversation_id, frame.content, frame.kind) == (ID, "Hello", "text")


def test_a_shared_post_makes_it_a_post() -> None:
    draft = validated(NewMessage, {"shared_post_id": ID, "content": "Look!", "type": "post"})
    assert (draft.kind, draft.content) == ("post", "Look!")


@pytest.mark.parametrize("kind", [None, "image", "video", "gif"])
def test_the_file_determines_the_type(kind: str | None) -> None:
    draft = validated(NewMessage, {"media_url": "uploads/x", "type": kind})
    assert (draft.has_upload, draft.kind, draft.type) == (True, None, kind)


def test_a_story_needs_no_text() -> None:
    assert validated(NewMessage, {"story_id": ID}).kind == "story"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"content": ""},
        {"content": "   "},
        {"content": "x" * 1001},
        {"content": 5},
        {"content": "x", "type": "post"},
        {"shared_post_id": ID, "type": "text"},
        {"shared_post_id": "nope"},
        {"upload_id": "nope"},
        {"upload_id": ID, "type": "text"},
        {"media_url": ""},
        {"media_url": "x" * 4097},
        {"story_id": "nope"},
        {"story_id": ID, "type": "image"},
        {"story_id": ID, "upload_id": ID},
        {"story_id": ID, "shared_post_id": ID},
        {"shared_post_id": ID, "media_url": "x"},
        {"content": "x", "type": "gif"},
        {"content": "x", "type": "sticker"},
        {"content": "x", "reply_to_message_id": "nope"},
        {"content": "x", "client_message_id": "x" * 65},
        {"content": "x", "client_message_id": ""},
    ],
)
def test_a_body_that_is_not_a_message(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        validated(NewMessage, given)


def test_a_text_may_have_a_thousand_characters() -> None:
    assert validated(NewMessage, {"content": "ü" * 1000}).content == "ü" * 1000


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"participant_ids": []},
        {"participant_ids": ["nope"]},
        {"participant_ids": [ID] * 250},
        {"participant_ids": ID},
        {"participant_ids": [ID], "group_name": "x" * 101},
        {"participant_ids": [ID], "group_name": ""},
        {"participant_ids": [ID], "group_name": "Two\nlines"},
        {"participant_ids": [ID], "group_name": "\u200b\u200d"},
        {"participant_ids": [ID], "group_name": "a\x00b"},
        {"participant_ids": [ID], "group_name": "a\u202eb"},
    ],
)
def test_a_body_that_is_not_a_conversation(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        validated(NewConversation, given)


@pytest.mark.parametrize("limit", [0, 201, "many"])
def test_the_limit_of_sync_is_bounded(limit: Any) -> None:
    with pytest.raises(InvalidInput):
        validated(SyncFrame, {"limit": limit})
