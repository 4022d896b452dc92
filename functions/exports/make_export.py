"""The queue of exports: gathers a user's data from every service into one archive."""

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
TIME = 14 * 60  # seconds; the Lambda is stopped after 15 minutes
TIME_FOR_FILES = 11 * 60  # seconds; one more file, and the archive's end, fit into the rest
_LOOK_EVERY = 10  # seconds between two looks at whether anybody still wants the archive


class Unwanted(Exception):
    """The account is being deleted, or the export was replaced."""


class TooMuch(Exception):
    """There is more to write than one call of a Lambda can."""


@app.on_job
def make_export(job: dict[str, Any], record: dict[str, Any]) -> None:
    """Make the archive of one export; when the last try fails, say that it failed."""
    user_id, export_id = job["user_id"], job["export_id"]
    user = exports.wanted(user_id, export_id)
    if user is None:
        observability.log("nothing to export", export_id=export_id)
        return
    try:
        key, size, left_out = _make_archive(user, export_id)
    except Unwanted:
        exports.give_up(user_id, export_id)
        return
    except Exception:
        if int(record["attributes"]["ApproximateReceiveCount"]) >= TRIES:
            exports.give_up(user_id, export_id)
        raise
    exports.finish(user_id, export_id, key, size)
    observability.log("export", export_id=export_id, bytes=size, left_out=left_out)


def _make_archive(user: User, export_id: str) -> tuple[str, int, int]:
    started, key = now(), exports.new_key(user.user_id)

    def has_time() -> bool:
        return now() - started < TIME_FOR_FILES

    with writing_object(key, f"hoshi-{user.username}.zip") as writer:
        archive = archive_into(writer)
        left_out = write_contents(archive, user, _watch(user.user_id, export_id, started), has_time)
        archive.close()
    return key, writer.size, left_out


def _watch(user_id: str, export_id: str, started: float) -> Callable[[], None]:
    """What raises when there is no use in going on."""
    looked = started

    def go_on() -> None:
        nonlocal looked
        moment = now()
        if moment - started > TIME:
            raise TooMuch
        if moment - looked > _LOOK_EVERY:
            looked = moment
            if exports.wanted(user_id, export_id) is None:
                raise Unwanted

    return go_on
