"""Logged frames as their reader may see them now: what is gone or hidden from them is left out."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from chat.room_frames import room_frames
from media.public import upload_frames
from notifications.public import notification_frames
from shared.dynamodb.tables import in_parallel
from shared.realtime.frame_log import Reference
from shared.realtime.frames import Frame

type Reader = Callable[[str, Sequence[Reference]], Mapping[str, dict[str, Any]]]

# By the reader that takes a user's id and references, and returns the data of what the user may
# see, by the ids of the frames. The first makes parallel calls itself, and so comes first.
_READERS: dict[Reader, frozenset[str]] = {
    room_frames: frozenset(
        {
            "new_message",
            "message_deleted",
            "message_read",
            "message_reaction",
            "conversation_updated",
        }
    ),
    notification_frames: frozenset({"notification"}),
    upload_frames: frozenset({"media.ready", "media.failed"}),
}


def visible_frames(user_id: str, references: Sequence[Reference]) -> dict[str, Frame]:
    """The frames that this user may see, by their ids."""
    asked: list[Callable[[], Mapping[str, dict[str, Any]]]] = []
    for reader, events in _READERS.items():
        of_reader = [each for each in references if each.event in events]
        if of_reader:
            asked.append(partial(reader, user_id, of_reader))
    data = {frame_id: each for part in in_parallel(*asked) for frame_id, each in part.items()}
    return {
        each.id: Frame(each.event, data[each.id], each.id) for each in references if each.id in data
    }
