"""Requests of users: profiles, follows, blocks and lists."""

from collections.abc import Callable

from shared.access.caller import Caller
from tests.bench.costs.world import LIST, Request, Scene, World
from users.models import EdgeKind


def _towards(find: Callable[[World], Caller]) -> Scene:
    """A request of the reader about another user."""
    return lambda world: Request(world.reader, {"user": find(world).user_id})


def _has_list(kind: EdgeKind) -> Scene:
    """The reader lists a page of users."""

    def scene(world: World) -> Request:
        for _ in range(LIST):
            world.edge(world.reader, kind, world.person())
        return Request(world.reader)

    return scene


def _asked_by(world: World) -> Caller:
    other = world.person()
    world.edge(other, "requested", world.reader)
    world.edge(world.reader, "requested_by", other, by=other)
    return other


def _listed(function: str) -> Callable[[World], Caller]:
    """A user for whom the reader has called this endpoint before."""

    def find(world: World) -> Caller:
        other = world.person()
        world.ask(function, world.reader, user=other.user_id)
        return other

    return find


def _searches(world: World) -> Request:
    from shared.messaging import queues

    people = [world.person(name=f"Mira {number}") for number in range(LIST)]
    world.stage.discard_pending()
    queues.send_jobs("user-search", ({"user_id": each.user_id} for each in people))
    world.stage.run_consumers()
    return Request(world.reader, query={"q": "mira"})


def _exports(world: World) -> Request:
    for post_id in world.posts(world.reader):
        world.comment(post_id, world.friend)
    return Request(world.reader)


def _follower(world: World) -> Caller:
    return world.friend


SCENES: dict[str, Scene] = {
    "profiles/get_profile": _towards(lambda world: world.author),
    "profiles/update_profile": lambda world: Request(
        world.reader, body={"bio": "Mostly mountains."}
    ),
    "users/follow_user": _towards(lambda world: world.other),
    "users/edit_follow": lambda world: Request(
        world.reader, {"user": world.author.user_id}, body={"notify_stories": True}
    ),
    "users/unfollow_user": _towards(lambda world: world.author),
    "profiles/list_followers": _towards(lambda world: world.reader),
    "profiles/list_following": _towards(lambda world: world.reader),
    "users/remove_follower": _towards(_follower),
    "users/list_follow_requests": _has_list("requested_by"),
    "users/approve_follow_request": _towards(_asked_by),
    "users/reject_follow_request": _towards(_asked_by),
    "users/block_user": _towards(lambda world: world.friend),
    "users/unblock_user": _towards(_listed("users/block_user")),
    "users/mute_user": _towards(lambda world: world.friend),
    "users/unmute_user": _towards(_listed("users/mute_user")),
    "users/add_close_friend": _towards(lambda world: world.friend),
    "users/remove_close_friend": _towards(_listed("users/add_close_friend")),
    "users/hide_story_from": _towards(lambda world: world.friend),
    "users/show_story_to": _towards(_listed("users/hide_story_from")),
    "users/list_blocked": _has_list("blocks"),
    "users/list_muted": _has_list("mutes"),
    "users/list_close_friends": _has_list("close_friend"),
    "users/list_hidden_from": _has_list("hides_story_from"),
    "profiles/get_privacy": lambda world: Request(world.reader),
    "profiles/edit_privacy": lambda world: Request(world.reader, body={"show_presence": False}),
    "users/search_users": _searches,
    "exports/request_export": _exports,
    "exports/get_export": lambda world: Request(world.reader),
}
