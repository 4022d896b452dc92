"""Requests of groups, and of what is done with messages."""

from collections.abc import Callable
from typing import Any

from shared.access.caller import Caller
from tests.bench.costs.world import Request, Scene, World

MEMBERS = 20  # of a group, the reader among them


def _start(world: World) -> str:
    """A group that the reader has created; of the friend and others, without sockets."""
    others = [each.user_id for each in world.followed[1:MEMBERS]]
    body = {"participant_ids": others, "group_name": "Weekend"}
    made = world.ask("chat/create_group", world.reader, body)
    return str(made["id"])


def _in_group(body: Any = None, who: Callable[[World], Caller] | None = None) -> Scene:
    def scene(world: World) -> Request:
        caller = who(world) if who else world.reader
        return Request(caller, {"conversation_id": _start(world)}, body=body)

    return scene


def _creates(world: World) -> Request:
    others = [each.user_id for each in world.followed[1:MEMBERS]]
    return Request(world.reader, body={"participant_ids": others, "group_name": "Weekend"})


def _adds(world: World) -> Request:
    room, newcomer = _start(world), world.followed[MEMBERS]
    return Request(world.reader, {"conversation_id": room}, body={"user_id": newcomer.user_id})


def _removes(world: World) -> Request:
    path = {"conversation_id": _start(world), "user": world.friend.user_id}
    return Request(world.reader, path)


def _accepts(world: World) -> Request:
    """A message of somebody whom the reader does not follow."""
    stranger = world.person()
    body = {"participant_ids": [world.reader.user_id]}
    made = world.ask("chat/create_conversation", stranger, body)
    world.ask("chat/send_message", stranger, {"content": "Hello"}, conversation_id=made["id"])
    return Request(world.reader, {"conversation_id": made["id"]}, body={"accept": True})


SCENES: dict[str, Scene] = {
    "chat/create_group": _creates,
    "chat/update_group": _in_group({"group_name": "Long weekend"}),
    "chat/add_participant": _adds,
    "chat/remove_participant": _removes,
    "chat/leave_group": _in_group(who=lambda world: world.friend),
    "chat/answer_message_request": _accepts,
}
