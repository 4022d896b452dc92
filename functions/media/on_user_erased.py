"""user.erased: everything that the account has brought goes; the stream removes the files."""

from media.models import Upload
from shared.lifecycle.erasure import delete_page, erasure

app = erasure("media")


@app.step
def erase_uploads(user_id: str) -> bool:
    """Its uploads, whatever uses them."""
    return delete_page(Upload.by_owner, user_id)
