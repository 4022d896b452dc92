"""What a person sees of the network, by the API, in the form of `Model.expected`."""

from typing import Any

from tests.drill.model import TAG, Model
from tests.drill.traffic import hash_of
from tests.e2e.client import Person


def observe(person: Person, model: Model) -> dict[str, Any]:
    """What this person sees."""
    profile = person.get(f"/users/{person.id}")
    entries = pages(person, "/notifications?limit=50", "notifications")
    return {
        "profile": {
            name: profile[name] for name in ("follower_count", "following_count", "post_count")
        },
        "home": [post["id"] for post in pages(person, "/feed/home?limit=50", "posts")],
        "explore": sorted(post["id"] for post in pages(person, "/feed/explore?limit=50", "posts")),
        "posts": {post_id: _post(person, post_id) for post_id in model.posts},
        "comments": {
            each["id"]: each["like_count"]
            for post_id in {post_id for _, post_id in model.comments.values()}
            for each in pages(person, f"/posts/{post_id}/comments?limit=50", "comments")
        },
        "notifications": sorted((each["type"], each["actor_username"]) for each in entries),
        "unread_notifications": person.get("/notifications/unread-count")["unread_count"],
        "inbox": {
            each["id"]: (
                each["last_message"] and each["last_message"]["id"],
                each["unread_count"],
            )
            for each in pages(person, "/conversations?limit=50", "conversations")
        },
        "trays": {
            each["username"]: each["all_seen"]
            for each in pages(person, "/stories/feed?limit=50", "trays")
        },
        "story_counts": {
            each["id"]: (each["view_count"], each["like_count"])
            for each in person.get(f"/users/{person.id}/stories")["stories"]
        },
        "saved": [post["id"] for post in pages(person, "/collections/default?limit=50", "posts")],
        "tag": person.get(f"/hashtags/{TAG}/posts")["post_count"],
        "files": {post_id: hash_of(person.get(f"/posts/{post_id}")) for post_id in model.files},
    }


def differences(expected: dict[str, Any], seen: dict[str, Any]) -> list[str]:
    """What differs, a line for each thing."""
    lines = []
    for name in expected:
        want, have = expected[name], seen[name]
        if want == have:
            continue
        if isinstance(want, dict) and isinstance(have, dict):
            keys = sorted({*want, *have})
            lines += [
                f"{name} {key}: {have.get(key)!r} instead of {want.get(key)!r}"
                for key in keys
                if want.get(key) != have.get(key)
            ]
        else:
            lines.append(f"{name}: {have!r} instead of {want!r}")
    return lines


def pages(person: Person, path: str, name: str) -> list[Any]:
    """All items of a list, page by page."""
    items, cursor = [], None
    while True:
        answer = person.get(path + (f"&cursor={cursor}" if cursor else ""))
        items += answer[name]
        cursor = answer["next_cursor"]
        if cursor is None:
            return items


def _post(person: Person, post_id: str) -> dict[str, Any]:
    post = person.get(f"/posts/{post_id}")
    names = ("like_count", "comment_count", "share_count", "is_liked", "is_saved")
    return {name: post[name] for name in names}
