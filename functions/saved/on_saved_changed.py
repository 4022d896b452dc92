"""The streams of saved posts and collections, filtered to deletions: clean up the entries that no
longer count."""

from collections.abc import Sequence

from saved.collection_cleanup import clear_deleted, clear_unsaved
from saved.models import DEFAULT, Collection, SavedPost
from shared.dynamodb.changes import Change
from shared.messaging.streams import stream

app = stream("saved")


@app.react(SavedPost)
def unsaved(changes: Sequence[Change[SavedPost]]) -> None:
    """Remove posts from all collections after they left the default one."""
    removed = [change.item for change in changes if change.is_removed]
    clear_unsaved(entry for entry in removed if entry.collection_id == DEFAULT)


@app.react(Collection)
def deleted(changes: Sequence[Change[Collection]]) -> None:
    """Empty deleted collections, however many posts they hold."""
    removed = [change.item for change in changes if change.is_removed]
    clear_deleted(each for each in removed if each.collection_id != DEFAULT)
