"""The stream of exports: the worker's jobs, mails about results, and user.export_ready."""

from collections.abc import Iterable

from exports.exports import follow_up
from exports.models import Export
from shared.dynamodb.changes import Change
from shared.events.envelopes import Event
from shared.events.users import ExportReady
from shared.messaging.streams import stream

app = stream("exports")
app.react(Export)(follow_up)


@app.publishes(Export)
def publish_ready(change: Change[Export]) -> Iterable[tuple[str | None, Event]]:
    """Publish user.export_ready once the archive can be downloaded."""
    export = change.new
    if export and export.status == "ready" and change.changed("status"):
        yield None, ExportReady(export.user_id, export.requested_at)
