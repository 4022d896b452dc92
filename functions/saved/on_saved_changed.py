"""The streams of saved posts and collections, of which only deletions come here: what they leave
behind is cleared away."""

from collections.abc import Sequence

from saved.collection_cleanup import clear_deleted, clear_unsaved
from saved.models import DEFAULT, Collection, SavedPost
from shared.dynamodb.changes import Change
from shared.messaging.streams import stream

app = stream("saved")


@app.react(SavedPost)
def unsaved(changes: Sequence[Change[SavedPost]]) -> None:
    """A post that left the default collection leaves the others."""
    gone = [change.item for change in changes if change.is_removed]
    clear_unsaved(entry for entry in gone if entry.collection_id == DEFAULT)


@app.react(Collection)
def deleted(changes: Sequence[Change[Collection]]) -> None:
    """What was in a deleted collection goes, however much it is."""
    gone = [change.item for change in changes if change.is_removed]
    clear_deleted(each for each in gone if each.collection_id != DEFAULT)
