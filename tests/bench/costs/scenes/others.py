"""Requests of chat, media, notifications, moderation, ai and web."""

from pathlib import Path
from typing import Any

from tests.bench.costs.world import LIST, Request, Scene, Trigger, World
from tests.support.events import load_event

FRAMES = 5  # missed between two sessions
MESSAGE = "We could take the early train and be there before the others."


def _in_room(**body: Any) -> Scene:
    """A request of the reader in a conversation with a friend, who is connected."""
    return lambda world: Request(world.reader, {"conversation_id": world.room()}, body=body or None)


def _frame(action: str, **body: Any) -> Scene:
    """A frame of the reader's socket in that conversation, which both have open."""

    def scene(world: World) -> Trigger:
        room = world.room()
        for caller, name in ((world.reader, "reader-socket="), (world.friend, "friend-socket=")):
            joins = world.frame("join_room", conversation_id=room).event
            joins["requestContext"]["connectionId"] = name
            joins["requestContext"]["authorizer"].update(
                user_id=caller.user_id, username=caller.username, session_id=caller.session_id
            )
            if action != "join_room":
                world.stage.run("chat/ws_join_room", joins)
        return world.frame(action, conversation_id=room, **body)

    return scene


def _unsends(world: World) -> Request:
    """The reader takes back a picture, whose upload goes with it."""
    from media.models import Upload

    room, upload_id = world.room(), world.upload(purpose="message")
    media = {**world.picture(), "upload_id": upload_id}
    Upload(upload_id).change(Upload.media.set(media), condition=Upload.is_there())
    body = {"upload_id": upload_id}
    sent = world.ask("chat/send_message", world.reader, body, conversation_id=room)
    return Request(world.reader, {"message_id": sent["id"]})


def _opens(world: World) -> Trigger:
    """The reader connects; five of those who may see their presence are connected."""
    for number, other in enumerate(world.followed[:5]):
        world.socket(other, f"other-socket-{number}=")
    return world.frame("connect")


def _closes(world: World) -> Trigger:
    world.stage.run("chat/ws_connect", _opens(world).event)
    return world.frame("disconnect")


def _speaks_socket_io(world: World) -> Trigger:
    """A ping of Socket.IO on a socket that proved its user after it was opened."""
    world.socket(world.reader, "reader-socket=")
    trigger = world.frame("default")
    trigger.event["body"] = '42["ping",{}]'
    trigger.event["requestContext"]["authorizer"] = {"protocol": "socket.io"}
    return trigger


def _watches(world: World) -> Trigger:
    world.socket(world.reader, "reader-socket=")
    return world.frame("presence", user_ids=[each.user_id for each in world.followed[:10]])


def _comes_back(world: World) -> Trigger:
    since = _log(world)
    return world.frame("sync", cursor=since)


def _log(world: World) -> str:
    """Log the messages of a few hours; returns the cursor before them."""
    from shared.ids import new_id

    room_id, start = world.room(), new_id()
    for _ in range(FRAMES):
        world.ask("chat/send_message", world.friend, {"content": MESSAGE}, conversation_id=room_id)
    return start


def _inbox(world: World) -> Request:
    for other in world.followed[:LIST]:
        body = {"participant_ids": [other.user_id]}
        made = world.ask("chat/create_conversation", world.reader, body)
        world.ask("chat/send_message", other, {"content": MESSAGE}, conversation_id=made["id"])
    return Request(world.reader)


def _notified(world: World) -> Request:
    """Likes that make a page of notifications and five more."""
    post_id = world.post(world.reader)
    for other in world.followed[: LIST + 5]:
        world.ask("posts/like_post", other, post_id=post_id)
    return Request(world.reader)


def _one_of_them(world: World) -> Request:
    caller = _notified(world).caller
    listed = world.ask("notifications/list_notifications", caller)["notifications"]
    return Request(caller, {"notification_id": listed[0]["id"]})


def _upload(status: str = "ready") -> Scene:
    return lambda world: Request(world.reader, {"upload_id": world.upload(status)})


def _plays(world: World) -> Request:
    """A player requests one of the three playlists that it needs before it plays."""
    from media.models import Upload
    from media.playlist_links import playlist_url

    upload_id = world.upload("ready", "video")
    rung = {"codecs": "avc1.64001f,mp4a.40.2", "width": 1280, "height": 720, "frame_rate": 30.0}
    pieces = {"start": 9000, "header": 1251, "segments": [(4.0, 900_000)] * 8}
    rungs = {name: {**rung, **pieces} for name in ("720p", "480p", "360p")}
    stored = {**world.picture(), "variants": {name: f"{name}.mp4" for name in rungs}}
    Upload(upload_id).change(
        Upload.hls.set(rungs), Upload.media.set(stored), condition=Upload.is_there()
    )
    _, _, query = (playlist_url(upload_id) or "").partition("?")
    given = dict(part.split("=", 1) for part in query.split("&"))
    return Request(None, {"upload_id": upload_id, "playlist": "720p.m3u8"}, query=given)


def _asks_the_model(world: World) -> Request:
    world.stage.aws.sayings = ["Two boats on a lake, and snow on the mountains behind it."]
    return Request(world.reader, body={"upload_id": world.upload()})


def _reads_a_summary(world: World) -> Request:
    """The caption is summarized for the first time."""
    world.stage.aws.sayings = ["A day at the lake, and a walk home in the snow."]
    return Request(world.reader, {"post_id": world.post()})


def _wants_a_caption(world: World) -> Request:
    world.stage.aws.sayings = ["Two boats, one lake. #lake #boats #snow #winter #calm"]
    return Request(world.reader, body={"upload_id": world.upload(), "tone": "funny"})


def _uploaded(kind: str, progress: int, files: int) -> Scene:
    """An uploaded file. Everything is done except the rendering, which is measured separately."""

    def scene(world: World) -> Trigger:
        from media.models import Upload
        from media.processing import process, record_progress
        from media.renditions import Rendition

        def render(upload: Upload, source: Path, into: Path) -> Any:
            for step in range(progress):
                record_progress(upload, (step + 1) * 10)
            made = [into / f"{number}.jpg" for number in range(files)]
            for file in made:
                file.write_bytes(source.read_bytes())
            files_made = [Rendition(file, "image/jpeg", 320, 240) for file in made]
            return world.picture(), files_made, upload.content_type

        event = load_event("media", f"on_{kind}_uploaded")
        upload = Upload.get(world.upload("pending", kind))
        event["Records"][0]["s3"]["object"]["key"] = upload.object_key
        world.socket(world.reader, "reader-socket=")
        return Trigger(event, lambda given, _: process(given, render))

    return scene


def _banned(world: World) -> str:
    world.ask("moderation/ban_user", _admin(world), {}, user=world.other.user_id)
    return world.other.user_id


def _admin(world: World) -> Any:
    from dataclasses import replace

    return replace(world.person(role="admin"), role="admin")


def _reports(world: World) -> str:
    """Someone reports a post of the reader's; returns the report's id."""
    body = {"target_type": "post", "target_id": world.post(world.reader), "reason": "Spam"}
    made = world.ask("moderation/create_report", world.other, body)
    return str(made["report_id"])


def _queue(world: World) -> Request:
    for _ in range(LIST):
        _reports(world)
    return Request(_admin(world))


def _struck(world: World) -> str:
    """An administrator removes a post of the reader's; returns the strike's id."""
    world.ask("moderation/remove_post", _admin(world), {}, post_id=world.post(world.reader))
    strikes = world.ask("moderation/list_strikes", world.reader)["strikes"]
    return next(str(each["id"]) for each in strikes if each["can_appeal"])


def _appealed(world: World) -> str:
    """The reader appeals a strike; returns the appeal's id."""
    body = {"strike_id": _struck(world), "text": "It was a joke."}
    return str(world.ask("moderation/create_appeal", world.reader, body)["id"])


def _strikes(world: World) -> Request:
    for _ in range(LIST):
        _struck(world)
    return Request(world.reader)


def _appeals(world: World) -> Request:
    for _ in range(LIST):
        _appealed(world)
    return Request(_admin(world))


def _accounts(world: World) -> Request:
    """A page of accounts, as the jobs of their changes list them."""
    from users import account_list

    for other in world.followed[: LIST + 1]:
        account_list.refresh(other.user_id)
    return Request(_admin(world))


def _audit_log(world: World) -> Request:
    admin = _admin(world)
    for _ in range(LIST):
        world.ask("moderation/ban_user", admin, {}, user=world.other.user_id)
    return Request(admin)


def _newsletter(world: World) -> str:
    """A newsletter to sixty subscribers."""
    from users.public import NEWSLETTER

    for _ in range(60):
        world.person(newsletter=True, subscription=NEWSLETTER)
    body = {"subject": "What is new", "body": f"# New\n\n{MESSAGE}\n"}
    sent = world.ask("emails/send_newsletter", _admin(world), body)
    return str(sent["newsletter_id"])


def _unsubscribes(world: World) -> Request:
    from emails.subscriptions import unsubscribe_url

    token = unsubscribe_url(world.reader.user_id).partition("?token=")[2]
    return Request(None, query={"token": token})


def _nobody(world: World) -> Request:
    return Request(None)


SCENES: dict[str, Scene] = {
    "ai/suggest_alt_text": _asks_the_model,
    "ai/suggest_caption": _wants_a_caption,
    "ai/summarize_post": _reads_a_summary,
    "chat/create_conversation": lambda world: Request(
        world.reader, body={"participant_ids": [world.friend.user_id]}
    ),
    "chat/get_conversation": _in_room(),
    "chat/list_conversations": _inbox,
    "chat/list_messages": _in_room(),
    "chat/send_message": _in_room(content=MESSAGE),
    "chat/unsend_message": _unsends,
    "chat/list_events": lambda world: Request(world.reader, query={"since": _log(world)}),
    "chat/ws_connect": _opens,
    "chat/ws_disconnect": _closes,
    "chat/ws_default": _speaks_socket_io,
    "chat/ws_ping": _frame("ping"),
    "chat/ws_join_room": _frame("join_room"),
    "chat/ws_leave_room": _frame("leave_room"),
    "chat/ws_send_message": _frame("send_message", content=MESSAGE),
    "chat/ws_typing": _frame("typing", is_typing=True),
    "chat/ws_presence": _watches,
    "chat/ws_sync": _comes_back,
    "emails/confirm_unsubscribe": _unsubscribes,
    "emails/unsubscribe": _unsubscribes,
    "emails/send_newsletter": lambda world: Request(
        _admin(world), body={"subject": "What is new", "body": MESSAGE, "test_only": True}
    ),
    "emails/get_newsletter": lambda world: Request(
        _admin(world), {"newsletter_id": _newsletter(world)}
    ),
    "media/on_image_uploaded": _uploaded("image", progress=0, files=7),
    "media/on_video_uploaded": _uploaded("video", progress=9, files=6),
    "media/create_upload": lambda world: Request(
        world.reader, body={"content_type": "image/jpeg", "size": 3_000_000}
    ),
    "media/get_upload": _upload(),
    "media/delete_upload": _upload(),
    "media/get_playlist": _plays,
    "media/optimize_image": lambda world: Request(world.reader, body={"upload_id": world.upload()}),
    "moderation/ban_user": lambda world: Request(
        _admin(world), {"user": world.other.user_id}, body={"reason": "Spam"}
    ),
    "moderation/create_report": lambda world: Request(
        world.other,
        body={"target_type": "post", "target_id": world.post(world.reader), "reason": "Spam"},
    ),
    "moderation/list_reports": _queue,
    "moderation/resolve_report": lambda world: Request(
        _admin(world), {"report_id": _reports(world)}, body={"action": "ACCEPT"}
    ),
    "moderation/list_strikes": _strikes,
    "moderation/create_appeal": lambda world: Request(
        world.reader, body={"strike_id": _struck(world), "text": "It was a joke."}
    ),
    "moderation/list_appeals": _appeals,
    "moderation/resolve_appeal": lambda world: Request(
        _admin(world), {"appeal_id": _appealed(world)}, body={"action": "REVERSE"}
    ),
    "moderation/remove_post": lambda world: Request(
        _admin(world), {"post_id": world.post(world.reader)}
    ),
    "moderation/list_audit_log": _audit_log,
    "moderation/list_accounts": _accounts,
    "moderation/unban_user": lambda world: Request(_admin(world), {"user": _banned(world)}),
    "notifications/list_notifications": _notified,
    "notifications/count_unread": _notified,
    "notifications/mark_read": _one_of_them,
    "notifications/mark_all_read": _notified,
    "notifications/delete_notification": _one_of_them,
    "notifications/get_preferences": lambda world: Request(world.reader),
    "notifications/edit_preferences": lambda world: Request(
        world.reader, body={"types": {"post.liked": False}}
    ),
    "web/get_asyncapi": _nobody,
    "web/get_config": _nobody,
    "web/get_health": _nobody,
    "web/get_metrics": _nobody,
    "web/get_openapi": _nobody,
    "web/show_docs": _nobody,
    "web/show_home": _nobody,
}
