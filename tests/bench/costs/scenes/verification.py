"""Requests about verification."""

from dataclasses import replace

from shared.access.caller import Caller
from tests.bench.costs.world import LIST, Request, Scene, World

REASON = "I play the drums in a band that others claim to be."


def _admin(world: World) -> Caller:
    return replace(world.person(role="admin"), role="admin")


def _asks(world: World, owner: Caller) -> dict[str, str]:
    upload_id = world.upload(purpose="verification", owner_id=owner.user_id)
    return {"id_card_number": "X1234567", "upload_id": upload_id, "reason": REASON}


def _asked(world: World, owner: Caller) -> str:
    """A pending request; returns its id."""
    made = world.ask("moderation/request_verification", owner, _asks(world, owner))
    return str(made["request_id"])


def _reviews(world: World) -> Request:
    """A full page of pending requests."""
    for other in world.followed[:LIST]:
        _asked(world, other)
    return Request(_admin(world))


def _decides(**body: str) -> Scene:
    def scene(world: World) -> Request:
        request_id = _asked(world, world.reader)
        return Request(_admin(world), {"request_id": request_id}, body=body or None)

    return scene


def _looks(world: World) -> Request:
    _asked(world, world.reader)
    return Request(world.reader)


SCENES: dict[str, Scene] = {
    "moderation/request_verification": lambda world: Request(
        world.reader, body=_asks(world, world.reader)
    ),
    "moderation/get_verification": _looks,
    "moderation/list_verifications": _reviews,
    "moderation/approve_verification": _decides(),
    "moderation/reject_verification": _decides(reason="The picture does not show a face."),
}
