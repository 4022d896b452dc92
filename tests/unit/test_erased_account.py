"""An erased account leaves nothing behind: no table and no object has a word of it.

The account has something in every table that can hold something of a person. After the 30 days in
which a deletion can be undone, all that is stored is searched for its id, addresses, names and
words.
"""

import json
from collections.abc import Iterator

from auth.google_identities import POSTMESSAGE
from infra import templates
from media.models import Upload
from moderation.models import Verification
from shared.clock import now, stop_at, timestamp
from shared.realtime.sockets import Connection, store
from tests.support.small_world import OWNER, PASSWORD, WORD, World, world

__all__ = ["world"]

DAY = 24 * 3600
MARKS = {
    OWNER: "name",
    OWNER.replace("_", " "): "name",
    "olive_quince@example.com": "address",
    "quince@elsewhere.example.com": "address",
    "k7654321": "card",
    f"google-{OWNER}": "google",
    WORD: "words",
}
# What holds nothing of a person, whatever they do.
IMPERSONAL = {
    "hashtags": "tags, and how many posts have them",
    "tag-windows": "the same",
    "tag-search": "the same",
    "tag-rankings": "the same",
    "newsletters": "the words of administrators; of a subscriber, an id up to which pages went",
    "oauth-states": "a sign-in under way has no account yet",
    "held-uploads": "which reports show which uploads",
    "recounts": "ids of counts that were found wrong, for some days",
}
# What stays for good, and why.
KEPT = {
    ("audit-log", "id"): "what administrators did, which is only ever added to",
    ("relationships", "id"): "others' private lists, until they remove it",
    ("conversations", "id"): "the place of a member who is gone, without a name",
    ("inbox", "id"): "by whom the first unread message is",
    ("messages", "id"): "by whom a message was whose words are gone",
    ("messages", "name"): "what others wrote",
    ("comments", "id"): "whom others mentioned",
    ("comments", "name"): "what others wrote",
    ("stories", "id"): "whom others mentioned, and whose story they shared",
    ("stories", "name"): "what others wrote",
    ("reports", "words"): "the reason, by which a report is decided; not whose it was",
}
_ANSWERS = "answers of requests with an Idempotency-Key, a day"
# What DynamoDB's TTL deletes, and how long it is there.
EXPIRING = {
    ("gates", "id"): "how often somebody called, and which sessions ended, 30 days",
    ("idempotency", "id"): _ANSWERS,
    ("idempotency", "name"): _ANSWERS,
    ("idempotency", "words"): _ANSWERS,
    ("challenges", "id"): "who asked last for an address, a day",
    ("challenges", "address"): "the same",
    ("trending-pages", "id"): "a ranking, a day",
    ("recount-lists", "id"): "which counts changed on a day, two weeks",
    ("event-log", "id"): "others' frames, 7 days",
    ("user-search", "id"): "others' circles, an hour",
    ("notifications", "id"): "others' entries, 90 days; nobody is shown them",
    ("notifications", "name"): "the same, of stories and mentions",
}


def test_every_table_holds_something_of_the_account(world: World) -> None:
    fill(world)
    found = {table for (table, _), _ in traces(world)}
    tables = {
        templates.name_of(each["TableName"])
        for each in templates.resources(templates.FOUNDATION, "AWS::DynamoDB::Table").values()
    }
    missing = tables - found - IMPERSONAL.keys()
    assert not missing, f"let the account have something in {', '.join(sorted(missing))}"


def test_an_erased_account_leaves_nothing(world: World) -> None:
    fill(world)
    files = files_of_owner(world)
    assert {key.partition("/")[0] for key in files} == {
        "exports",
        "media",
        "uploads",
        "verification",
    }
    world.expect("owner", "DELETE /account", {"password": PASSWORD})
    with stop_at(now() + 31 * DAY):
        world.network.run_job("users/purge_accounts")
    assert_only(KEPT | EXPIRING, world)
    assert not files & world.network.aws.objects.keys()
    with stop_at(now() + 400 * DAY):
        world.network.expire()
    assert_only(KEPT, world)


def assert_only(kept: dict[tuple[str, str], str], world: World) -> None:
    """Fail unless exactly this is left of the account."""
    found = dict(traces(world))
    left = {what: example for what, example in found.items() if what not in kept}
    assert not left, f"this is left of the account: {left}"
    assert found.keys() == kept.keys(), "what is not there any more needs no reason"


def traces(world: World) -> Iterator[tuple[tuple[str, str], str]]:
    """What there is of the account: the table, of which kind, and an example."""
    marks, aws = {**MARKS, world["owner"].user_id.lower(): "id"}, world.network.aws
    for name, table in aws.dynamo.tables.items():
        for item in table.items.values():
            text = json.dumps(item)
            for mark, kind in marks.items():
                at = text.lower().find(mark)
                if at >= 0:
                    place = name.removeprefix(f"{aws.stack}-")
                    yield (place, kind), text[max(0, at - 150) : at + 100]


def files_of_owner(world: World) -> set[str]:
    """The keys of the objects that are the owner's."""
    owner = world["owner"]
    ids = {each.upload_id for each in Upload.by_owner.query(owner.user_id)}
    ids |= {owner.user_id, Verification.get(owner.user_id).request_id}
    return {key for key in world.network.aws.objects if any(each in key for each in ids)}


def fill(world: World) -> None:
    """Let the owner have something in every table, in their own places and in those of others."""
    world.network.aws.sayings = [f"A {WORD} on a table."] * 20
    _settings(world)
    _posts(world)
    _stories(world)
    _chats(world)
    _moderation(world)
    for job in ("feeds/rank_posts", "hashtags/rank_tags"):
        world.network.run_job(job)


def _settings(world: World) -> None:
    world.expect("owner", "PUT /settings/privacy", {"is_private": False, "suggest_alt_text": True})
    world.expect("owner", "PUT /settings/notifications", {"newsletter": True})
    picture = world.upload("owner", "avatar")
    body = {"bio": f"I am the {WORD}", "upload_id": picture, "name": "Olive Quince"}
    world.expect("owner", "PUT /profile", body)
    claims = {"sub": f"google-{OWNER}", "email": world["owner"].email, "name": "Olive Quince"}
    body = {"auth_code": world.google.give_code(POSTMESSAGE, **claims)}
    world.network.expect("POST /auth/google/callback", body=body)
    world.network.expect("POST /forgot-password", body={"email": world["owner"].email})
    body = {"new_email": "quince@elsewhere.example.com", "password": PASSWORD}
    world.expect("owner", "POST /auth/change-email", body)
    for route, name in (
        ("POST /users/{user}/block", "stranger"),
        ("POST /users/{user}/mute", "asker"),
        ("POST /hide-story/{user}", "asker"),
        ("POST /users/{user}/follow", "asker"),
    ):
        world.expect("owner", route, user=name)
    world.expect("follower", "GET /search/users", query={"q": OWNER})
    world.expect("follower", "POST /close-friends/{user}", user=OWNER)
    world.expect("follower", "PUT /users/{user}/follow", {"notify_stories": True}, user=OWNER)
    body = {"subject": "What is new", "body": "Stories"}
    world.expect("admin", "POST /admin/newsletters", body)


def _posts(world: World) -> None:
    owner, ids = world["owner"], world.ids
    text = f"A {WORD} #winterlight with @follower"
    body = {
        "caption": text,
        "upload_ids": [world.upload("owner", "post", alt_text=WORD)],
        "collaborator_ids": [world["follower"].user_id],
        "location": f"{WORD} street",
    }
    made = world.network.expect(
        "POST /posts", owner.token, body=body, headers={"Idempotency-Key": "key-1"}
    )
    post_id = ids["public_post_id"] = made["id"]
    video = world.upload("owner", "reel", content_type="video/mp4", duration=9)
    world.expect("owner", "POST /posts", {"caption": text, "upload_ids": [video], "is_reel": True})
    world.expect("owner", "PATCH /posts/{post_id}", {"caption": f"{text}!"}, post_id=post_id)
    theirs = ids["invitation_id"]
    world.expect("follower", "POST /comments", {"post_id": theirs, "content": f"Hello @{OWNER}"})
    body = {"accept": True}
    world.expect("owner", "PUT /posts/{post_id}/collaboration", body, post_id=theirs)
    for name, to in (("owner", theirs), ("follower", post_id), ("asker", post_id)):
        world.expect(name, "POST /posts/{post_id}/like", post_id=to)
        body = {"caption": f"See this {WORD}" if name == "owner" else "See this"}
        world.expect(name, "POST /posts/{post_id}/share", body, post_id=to)
        body = {"post_id": to, "content": f"@{OWNER} A {WORD}"}
        comment = world.expect(name, "POST /comments", body)["id"]
        ids[f"comment_by_{name}"] = comment
        for each in ("owner", "follower"):
            world.expect(each, "POST /comments/{comment_id}/like", comment_id=comment)
        body = {"post_id": to, "content": f"A {WORD}?", "parent_comment_id": comment}
        world.expect("owner", "POST /comments", body)
        save = "POST /collections/{collection_id}/save"
        world.expect(name, save, {"post_id": to}, collection_id="default")
    summary = world.expect("follower", "POST /posts/{post_id}/summarize", post_id=post_id)
    assert WORD in summary["summary"]


def _stories(world: World) -> None:
    for name in ("owner", "follower"):
        body = {
            "upload_id": world.upload(name, "story", alt_text=WORD if name == "owner" else None),
            "caption": f"@{OWNER} @follower {WORD if name == 'owner' else ''}",
        }
        made = world.expect(name, "POST /stories", body)
        for reader in ("owner", "follower"):
            world.expect(reader, "GET /stories/{story_id}", story_id=made["id"])
            world.expect(reader, "POST /stories/{story_id}/like", story_id=made["id"])
        world.ids[f"story_of_{name}"] = made["id"]
    world.expect("follower", "POST /stories", {"shared_story_id": world.ids["story_of_owner"]})
    world.expect("owner", "GET /stories/feed")


def _chats(world: World) -> None:
    ids, group = world.ids, world.ids["conversation_id"]
    for name in ("owner", "follower"):
        _open_socket(world, name)
    send = "POST /conversations/{conversation_id}/messages"
    body = {"content": f"My {WORD}", "client_message_id": "m-1"}
    said = world.expect("owner", send, body, conversation_id=group)["id"]
    ids["said_id"] = said
    pictured = {"upload_id": world.upload("owner", "message"), "reply_to_message_id": said}
    world.expect("owner", send, pictured, conversation_id=group)
    world.expect("follower", send, {"content": f"Hello @{OWNER}"}, conversation_id=group)
    for name in ("owner", "follower"):
        body = {"emoji": "🔥"}
        world.expect(name, "PUT /messages/{message_id}/reaction", body, message_id=said)
        world.expect(name, "POST /conversations/{conversation_id}/read", conversation_id=group)
    picture = world.upload("owner", "group")
    body = {"group_image_url": picture, "group_name": "Weekend"}
    world.expect("owner", "PUT /conversations/{conversation_id}", body, conversation_id=group)
    body = {"user_ids": [world["asker"].user_id]}
    add = "POST /conversations/{conversation_id}/participants"
    world.expect("owner", add, body, conversation_id=group)
    body = {"content": f"Yes, you may, says the {WORD}"}
    world.expect("owner", send, body, conversation_id=ids["message_request_id"])
    body = {"participant_ids": [world["owner"].user_id]}
    pair = world.expect("follower", "POST /conversations", body)["id"]
    body = {"content": "Nice", "story_id": ids["story_of_owner"]}
    world.expect("follower", send, body, conversation_id=pair)


def _open_socket(world: World, name: str) -> None:
    caller = world[name].caller
    store(
        Connection(
            f"socket-of-{name}",
            user_id=caller.user_id,
            username=caller.username,
            session_id=caller.session_id,
            connected_at=timestamp(),
            expires_at=int(now()) + 7200,
        )
    )


def _moderation(world: World) -> None:
    ids = world.ids
    targets = {
        "post": ids["public_post_id"],
        "comment": ids["comment_by_owner"],
        "story": ids["story_of_owner"],
        "message": ids["said_id"],
        "user": world["owner"].user_id,
    }
    for kind, target_id in targets.items():
        body = {"target_type": kind, "target_id": target_id, "reason": "Spam"}
        world.expect("follower", "POST /reports", body)
    reason = {"reason": f"Fakes a {WORD}", "description": f"I am the only {WORD}."}
    for kind, target_id in (("user", world["asker"].user_id), ("post", ids["invitation_id"])):
        made = world.expect(
            "owner", "POST /reports", {"target_type": kind, "target_id": target_id, **reason}
        )
    resolve = "POST /admin/reports/{report_id}/resolve"
    world.expect("admin", resolve, {"action": "REJECT"}, report_id=made["report_id"])
    picture = world.upload("owner", "verification")
    body = {"id_card_number": "K7654321", "upload_id": picture, "reason": f"I am the {WORD}."}
    world.expect("owner", "POST /verification/request", body)
    world.expect("admin", "GET /admin/verification")
