"""Queue `exports`: collect a user's data from every service into one archive."""

from collections.abc import Callable
from typing import Any

from exports import exports
from exports.export_contents import write_contents
from exports.zip_stream import archive_into, writing_object
from shared import observability
from shared.clock import now
from shared.messaging.queues import consumer
from users.public import User

app = consumer()

TRIES = 3  # `maxReceiveCount` of the queue
TIME_LIMIT = 14 * 60  # seconds; the Lambda is stopped after 15 minutes
TIME_FOR_FILES = 11 * 60  # seconds; the last file and the archive's end fit into the rest
_CHECK_EVERY = 10  # seconds between two reads of whether the export is still pending


class ExportObsolete(Exception):
    """The account is being deleted, or the export was replaced."""


class OutOfTime(Exception):
    """One invocation cannot write all the data."""


@app.on_job
def make_export(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Make the archive of one export; mark the export as failed after the last try."""
    user_id, export_id = job["user_id"], job["export_id"]
    user = exports.pending_owner(user_id, export_id)
    if user is None:
        observability.log("nothing to export", export_id=export_id)
        return
    try:
        key, size, left_out = _make_archive(user, export_id)
    except ExportObsolete:
        exports.fail(user_id, export_id)
        return
    except Exception:
        if int(record["attributes"]["ApproximateReceiveCount"]) >= TRIES:
            exports.fail(user_id, export_id)
        raise
    exports.finish(user_id, export_id, key, size)
    observability.log("export", export_id=export_id, bytes=size, left_out=left_out)


def _make_archive(user: User, export_id: str) -> tuple[str, int, int]:
    started, key = now(), exports.new_key(user.user_id)

    def has_time() -> bool:
        return now() - started < TIME_FOR_FILES

    with writing_object(key, f"hoshi-{user.username}.zip") as writer:
        archive = archive_into(writer)
        check = _checker(user.user_id, export_id, started)
        left_out = write_contents(archive, user, check, has_time)
        archive.close()
    return key, writer.size, left_out


def _checker(user_id: str, export_id: str, started: float) -> Callable[[], None]:
    """A check that raises `OutOfTime` or `ExportObsolete` when the export must stop."""
    last_read = started

    def check() -> None:
        nonlocal last_read
        moment = now()
        if moment - started > TIME_LIMIT:
            raise OutOfTime
        if moment - last_read > _CHECK_EVERY:
            last_read = moment
            if exports.pending_owner(user_id, export_id) is None:
                raise ExportObsolete

    return check
