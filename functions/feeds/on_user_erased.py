"""user.erased: the account's home feed goes. Its posts leave those of others with the follows, and
are shown in none meanwhile."""

from feeds.models import Timeline
from shared.lifecycle.erasure import delete_page, erasure

app = erasure("feeds")


@app.step
def erase_timeline(user_id: str) -> bool:
    """The entries of its own timeline."""
    return delete_page(Timeline, user_id)
