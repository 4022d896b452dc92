"""The export that a user asks for: from the asking to the archive that can be fetched for a day.

There is one per user. It is replaced when it failed, when it was ready a day ago, or when nothing
was heard of it for so long that its worker must have died.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import TypedDict

from pynamodb.expressions.update import Action

from emails.public import send_mail
from exports.models import Export
from shared.aws.clients import client
from shared.clock import now, timestamp
from shared.config import config
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import ConditionFailed
from shared.ids import new_id
from shared.messaging import queues
from users.public import User, find_user

QUEUE = "exports"
LIFE = 24 * 3600  # seconds that an archive can be fetched (docs/api.md section 7)
PATIENCE = 6 * 3600  # seconds; all tries of the queue take one hour, if none waits for a worker


class ExportShape(TypedDict):
    """Shape Export."""

    status: str
    requested_at: str | None
    ready_at: str | None
    url: str | None
    size: int | None
    expires_at: str | None


def ask(user_id: str) -> Export:
    """Begin an export; or the one that is under way or can be fetched."""
    moment = now()
    asked = Export(
        user_id,
        export_id=new_id(),
        requested_at=timestamp(moment),
        expires_at=int(moment) + PATIENCE,
    )
    is_over = (Export.status == "failed") | (Export.expires_at <= int(moment))
    try:
        asked.create(Export.is_new() | is_over)
    except ConditionFailed:
        return Export.find(user_id, consistent=True) or asked
    return asked


def export_shape(export: Export | None) -> ExportShape:
    """Shape Export, with a URL that is signed anew."""
    status = _status(export)
    if export is None or status == "none":
        return _shape("none", None)
    if status != "ready" or export.object_key is None:
        return _shape(status, export.requested_at)
    return {
        "status": status,
        "requested_at": export.requested_at,
        "ready_at": export.ready_at,
        "url": _url(export.object_key, export.expires_at),
        "size": export.size,
        "expires_at": timestamp(export.expires_at),
    }


def wanted(user_id: str, export_id: str) -> User | None:
    """The user whose export is still to be made; None if it is made, given up or replaced, or the
    account is gone."""
    export = Export.find(user_id, consistent=True)
    if export is None or export.export_id != export_id or export.status != "pending":
        return None
    user = find_user(user_id, consistent=True)
    return user if user and user.status != "deleted" else None


def new_key(user_id: str) -> str:
    """Where an attempt puts its archive: each has a place of its own, so none spoils another's."""
    return f"{_folder(user_id)}{new_id()}.zip"


def finish(user_id: str, export_id: str, object_key: str, size: int) -> None:
    """Say that the archive is there; or remove it, if nobody wants it any more."""
    moment = now()
    try:
        _change(
            user_id,
            export_id,
            Export.status.set("ready"),
            Export.ready_at.set(timestamp(moment)),
            Export.object_key.set(object_key),
            Export.size.set(size),
            Export.expires_at.set(int(moment) + LIFE),
        )
    except ConditionFailed:
        client("s3").delete_object(Bucket=config.media_bucket, Key=object_key)


def give_up(user_id: str, export_id: str) -> None:
    """Say that the export failed, unless it is over anyhow."""
    with suppress(ConditionFailed):
        _change(
            user_id,
            export_id,
            Export.status.set("failed"),
            Export.expires_at.set(int(now()) + LIFE),
        )


def hand_on(changes: Sequence[Change[Export]]) -> None:
    """What follows from changes of exports: the job of one that was asked for, the mail of one that
    is ready or failed. Called again with the same changes, it sends no second mail."""
    current = [change for change in changes if change.new]
    asked = [change.item for change in current if change.changed("export_id")]
    queues.send_jobs(
        QUEUE, ({"user_id": each.user_id, "export_id": each.export_id} for each in asked)
    )
    for change in current:
        if change.changed("status") and change.item.status != "pending":
            _mail(change.item)


def forget_exports(user_id: str) -> None:
    """Remove the export and the archives of an account that is erased. (A worker that is still at
    it finds no export to finish, and removes what it made.)"""
    Export(user_id).delete()
    s3, bucket = client("s3"), config.media_bucket
    while True:
        page = s3.list_objects_v2(Bucket=bucket, Prefix=_folder(user_id))
        for found in page.get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=found["Key"])
        if not page.get("IsTruncated"):
            return


def _status(export: Export | None) -> str:
    if export is None:
        return "none"
    if export.expires_at > now():
        return export.status
    return "failed" if export.status == "pending" else "none"


def _shape(status: str, requested_at: str | None) -> ExportShape:
    return {
        "status": status,
        "requested_at": requested_at,
        "ready_at": None,
        "url": None,
        "size": None,
        "expires_at": None,
    }


def _url(object_key: str, expires_at: int) -> str:
    return client("s3").generate_presigned_url(
        "get_object",
        Params={"Bucket": config.media_bucket, "Key": object_key},
        ExpiresIn=max(1, expires_at - int(now())),
    )


def _folder(user_id: str) -> str:
    return f"exports/{user_id}/"


def _change(user_id: str, export_id: str, *actions: Action) -> None:
    is_this = (Export.export_id == export_id) & (Export.status == "pending")
    Export(user_id).change(*actions, condition=is_this)


def _mail(export: Export) -> None:
    user = find_user(export.user_id)
    if user is None or user.status == "deleted":
        return
    once = f"export-{export.export_id}-{export.status}"
    if export.status == "ready" and export.object_key:
        link = _url(export.object_key, export.expires_at)
        send_mail("export_ready", user.email, once=once, username=user.username, link=link)
    else:
        send_mail("export_failed", user.email, once=once, username=user.username)
