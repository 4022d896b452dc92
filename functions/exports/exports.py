"""Exports of personal data: from the request to the archive that can be downloaded for a day.

There is one export per user. A new request replaces it if it failed, if its archive has expired,
or if it has been pending for so long that its worker cannot be running any more.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, TypedDict

from pynamodb.expressions.update import Action

from emails.public import send_mail
from exports.models import Export
from shared.aws.clients import client
from shared.clock import now, timestamp
from shared.config import config
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import ConditionFailed
from shared.http.enums import one_of
from shared.ids import new_id
from shared.messaging import queues
from users.public import User, find_user, recipient

QUEUE = "exports"
LIFETIME = 24 * 3600  # seconds that an archive can be downloaded (docs/api.md section 7)
MAX_PENDING = 6 * 3600  # seconds; the queue's tries take one hour if a worker is free


class ExportShape(TypedDict):
    """Shape Export."""

    status: Annotated[str, one_of("none", "pending", "ready", "failed")]
    requested_at: str | None
    ready_at: str | None
    url: str | None
    size: int | None
    expires_at: str | None


def request_export(user_id: str) -> Export:
    """Start an export; or return the one that is pending or can be downloaded."""
    moment = now()
    new = Export(
        user_id,
        export_id=new_id(),
        requested_at=timestamp(moment),
        expires_at=int(moment) + MAX_PENDING,
    )
    is_over = (Export.status == "failed") | (Export.expires_at <= int(moment))
    try:
        new.create(Export.is_new() | is_over)
    except ConditionFailed:
        return Export.find(user_id, consistent=True) or new
    return new


def export_shape(export: Export | None) -> ExportShape:
    """Shape Export, with a freshly signed URL."""
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


def pending_owner(user_id: str, export_id: str) -> User | None:
    """The owner of a pending export; None if it is finished, failed or replaced, or the account is
    deleted."""
    export = Export.find(user_id, consistent=True)
    if export is None or export.export_id != export_id or export.status != "pending":
        return None
    user = find_user(user_id, consistent=True)
    return user if user and user.status != "deleted" else None


def new_key(user_id: str) -> str:
    """The object key of an attempt's archive: unique, so no attempt overwrites another's."""
    return f"{_folder(user_id)}{new_id()}.zip"


def finish(user_id: str, export_id: str, object_key: str, size: int) -> None:
    """Mark an export as ready; or delete its archive, if it is no longer pending."""
    moment = now()
    try:
        _change(
            user_id,
            export_id,
            Export.status.set("ready"),
            Export.ready_at.set(timestamp(moment)),
            Export.object_key.set(object_key),
            Export.size.set(size),
            Export.expires_at.set(int(moment) + LIFETIME),
        )
    except ConditionFailed:
        client("s3").delete_object(Bucket=config.media_bucket, Key=object_key)


def fail(user_id: str, export_id: str) -> None:
    """Mark an export as failed, if it is still pending."""
    with suppress(ConditionFailed):
        _change(
            user_id,
            export_id,
            Export.status.set("failed"),
            Export.expires_at.set(int(now()) + LIFETIME),
        )


def follow_up(changes: Sequence[Change[Export]]) -> None:
    """Queue the jobs of new exports, and send mails about ready and failed ones.

    Idempotent: repeated changes send no second mail.
    """
    current = [change for change in changes if change.new]
    requested = [change.item for change in current if change.changed("export_id")]
    queues.send_jobs(
        QUEUE, ({"user_id": each.user_id, "export_id": each.export_id} for each in requested)
    )
    for change in current:
        if change.changed("status") and change.item.status != "pending":
            _mail(change.item)


def delete_exports(user_id: str) -> None:
    """Delete the export and the archives of an erased account.

    A worker that is still running finds no export to finish, and deletes its own archive.
    """
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
    is_pending = (Export.export_id == export_id) & (Export.status == "pending")
    Export(user_id).change(*actions, condition=is_pending)


def _mail(export: Export) -> None:
    user = find_user(export.user_id)
    if user is None or user.status == "deleted":
        return
    once = f"export-{export.export_id}-{export.status}"
    if export.status == "ready" and export.object_key:
        link = _url(export.object_key, export.expires_at)
        send_mail("export_ready", **recipient(user), once=once, link=link)
    else:
        send_mail("export_failed", **recipient(user), once=once)
