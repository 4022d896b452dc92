"""user.erased: delete the account's home timeline. Its posts leave the timelines of others when the
follows are deleted, and until then no feed shows them."""

from feeds.models import Timeline
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place

app = erasure("feeds")


@app.step
def erase_timeline(user_id: str) -> Place:
    """Delete a page of the entries of the account's timeline."""
    return delete_page(Timeline, user_id)
