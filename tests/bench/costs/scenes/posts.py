"""Requests of posts, feeds, saved and hashtags."""

from collections.abc import Callable
from typing import Any

from shared.access.caller import Caller
from tests.bench.costs.world import CAPTION, COMMENT, LIST, Request, Scene, World
from tests.support.events import load_event


def _about(find: Callable[[World], str], **body: Any) -> Scene:
    """A request of the reader about a post."""
    return lambda world: Request(world.reader, {"post_id": find(world)}, body=body or None)


def _after(function: str, **given: Any) -> Callable[[World], str]:
    """A post for which the reader has called `function` before."""

    def find(world: World) -> str:
        post_id = world.post()
        world.ask(function, world.reader, given or None, post_id=post_id)
        return post_id

    return find


def _own(world: World) -> str:
    return world.post(world.reader)


def _deleted(world: World) -> str:
    post_id = world.post(world.reader)
    world.ask("posts/delete_post", world.reader, post_id=post_id)
    return post_id


def _liked(world: World) -> str:
    return _many(world, "posts/like_post")


def _shared(world: World) -> str:
    return _many(world, "posts/share_post")


def _many(world: World, function: str) -> str:
    post_id = world.post()
    for other in world.followed[:LIST]:
        world.ask(function, other, post_id=post_id)
    return post_id


def _creates_post(world: World) -> Request:
    world.followers()
    return Request(world.reader, body={"caption": CAPTION, "upload_ids": [world.upload()]})


def _writes_comment(world: World) -> Request:
    return Request(world.reader, body={"post_id": world.post(), "content": COMMENT})


def _comments(world: World) -> Request:
    post_id = world.post()
    for number in range(LIST + 5):
        world.comment(post_id, world.followed[number])
    return Request(world.reader, {"post_id": post_id})


def _replies(world: World) -> Request:
    post_id = world.post()
    top = world.comment(post_id)
    for other in world.followed[:LIST]:
        world.comment(post_id, other, parent_comment_id=top, thread=top)
    return Request(world.reader, {"comment_id": top})


def _comment(world: World, **body: Any) -> Request:
    return Request(world.reader, {"comment_id": world.comment(world.post())}, body=body or None)


def _unlikes_comment(world: World) -> Request:
    request = _comment(world)
    world.ask("posts/like_comment", world.reader, **request.path)
    return request


def _own_comment(world: World) -> Request:
    return Request(world.reader, {"comment_id": world.comment(world.post(world.reader))})


def _unpins_comment(world: World) -> Request:
    request = _own_comment(world)
    world.ask("posts/pin_comment", world.reader, **request.path)
    return request


def _page_of(find: Callable[[World], Caller], reels: bool = False) -> Scene:
    """A page of an author's posts."""

    def scene(world: World) -> Request:
        author = find(world)
        for _ in range(LIST + 5):
            _ = world.reel(author) if reels else world.post(author)
        return Request(world.reader, {"user": author.user_id})

    return scene


def _trash(world: World) -> Request:
    for _ in range(LIST):
        _deleted(world)
    return Request(world.reader)


def _tagged(world: World) -> Request:
    for _ in range(LIST):
        body = {"content": CAPTION, "collaborator_ids": [world.reader.user_id]}
        world.ask("posts/create_post", world.friend, body)
    return Request(world.reader, {"user": world.reader.user_id})


def _invited(world: World) -> str:
    body = {"content": CAPTION, "collaborator_ids": [world.reader.user_id]}
    return str(world.ask("posts/create_post", world.other, body)["id"])


def _feed(world: World) -> Request:
    world.timeline()
    return Request(world.reader)


def _public(world: World, reels: bool = False, **path: str) -> Request:
    """Public posts of others with likes, ranked, and in the lists of feeds and hashtags."""

    def build() -> None:
        authors = [world.person() for _ in range(5)]
        for number in range(LIST + 5):
            author = authors[number % 5]
            kind = "video" if reels else "image"
            upload_id = world.upload(kind=kind, owner_id=author.user_id)
            body = {"caption": CAPTION, "upload_ids": [upload_id], "is_reel": reels}
            made = world.ask("posts/create_post", author, body)
            world.ask("posts/like_post", world.friend, post_id=made["id"])
        for schedule in ("feeds/rank_posts", "hashtags/rank_tags"):
            world.stage.run(schedule, load_event(*schedule.split("/")))

    world.once(f"public reels: {reels}", build)
    return Request(world.reader, path)


def _searches_tags(world: World) -> Request:
    return Request(_public(world).caller, query={"q": "win"})


def _collection(world: World, posts: int = LIST) -> str:
    made = world.ask("saved/create_collection", world.reader, {"name": "Mountains"})
    for _ in range(posts):
        _saved(world, str(made["id"]))
    return str(made["id"])


def _saved(world: World, collection_id: str) -> str:
    post_id = world.post()
    body = {"post_id": post_id}
    world.ask("saved/save_post", world.reader, body, collection_id=collection_id)
    return post_id


def _collections(world: World) -> Request:
    for _ in range(5):
        _collection(world, 4)
    return Request(world.reader)


def _in_collection(world: World, body: dict[str, Any] | None = None) -> Request:
    return Request(world.reader, {"collection_id": _collection(world)}, body=body)


SCENES: dict[str, Scene] = {
    "feeds/get_home_feed": _feed,
    "feeds/get_explore_feed": _public,
    "feeds/get_reels_feed": lambda world: Request(
        _public(world, reels=True).caller, query={"scope": "all"}
    ),
    "feeds/get_trending_feed": _public,
    "hashtags/list_trending": _public,
    "hashtags/list_tag_posts": lambda world: _public(world, tag="winter"),
    "hashtags/search_hashtags": _searches_tags,
    "posts/create_post": _creates_post,
    "posts/get_post": _about(World.post),
    "posts/edit_post": _about(_own, caption="The short way home #winter"),
    "posts/delete_post": _about(_own),
    "posts/list_deleted": _trash,
    "posts/restore_post": _about(_deleted),
    "posts/like_post": _about(World.post),
    "posts/unlike_post": _about(_after("posts/like_post")),
    "posts/toggle_like": _about(World.post),
    "posts/list_likers": _about(_liked),
    "posts/share_post": _about(World.post, caption="Look at this"),
    "posts/unshare_post": _about(_after("posts/share_post")),
    "posts/list_shares": _about(_shared),
    "posts/create_comment": _writes_comment,
    "posts/list_comments": _comments,
    "posts/list_replies": _replies,
    "posts/edit_comment": lambda world: _comment(world, content="And when?"),
    "posts/delete_comment": _comment,
    "posts/like_comment": _comment,
    "posts/unlike_comment": _unlikes_comment,
    "posts/pin_comment": _own_comment,
    "posts/unpin_comment": _unpins_comment,
    "posts/list_user_posts": _page_of(lambda world: world.author),
    "posts/list_user_reels": _page_of(lambda world: world.author, reels=True),
    "posts/list_user_tagged": _tagged,
    "posts/answer_collaboration": _about(_invited, accept=True),
    "saved/create_collection": lambda world: Request(world.reader, body={"name": "Mountains"}),
    "saved/list_collections": _collections,
    "saved/rename_collection": lambda world: _in_collection(world, body={"name": "Snow"}),
    "saved/delete_collection": _in_collection,
    "saved/get_collection": _in_collection,
    "saved/save_post": lambda world: Request(
        world.reader, {"collection_id": "default"}, body={"post_id": world.post()}
    ),
    "saved/unsave_post": lambda world: Request(
        world.reader, {"collection_id": "default"}, body={"post_id": _saved(world, "default")}
    ),
    "saved/list_post_collections": _about(lambda world: _saved(world, "default")),
}
