"""user.erased: delete the account's collections and saved posts."""

from saved.models import Collection, SavedPost
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place

app = erasure("saved")


@app.step
def erase_saved_posts(user_id: str) -> Place:
    """Delete a page of the saved posts."""
    return delete_page(SavedPost, user_id)


@app.step
def erase_collections(user_id: str) -> Place:
    """Delete a page of the collections."""
    return delete_page(Collection, user_id)
