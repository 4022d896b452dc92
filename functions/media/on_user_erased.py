"""user.erased: delete the account's uploads; the stream removes their files."""

from media.models import Upload
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place

app = erasure("media")


@app.step
def erase_uploads(user_id: str) -> Place:
    """Delete a page of its uploads, whether they are in use or not."""
    return delete_page(Upload.by_owner, user_id)
