"""user.erased: the account's collections and what it saved go."""

from saved.models import Collection, SavedPost
from shared.lifecycle.erasure import delete_page, erasure

app = erasure("saved")


@app.step
def erase_saved_posts(user_id: str) -> bool:
    """What it saved."""
    return delete_page(SavedPost, user_id)


@app.step
def erase_collections(user_id: str) -> bool:
    """Its collections."""
    return delete_page(Collection, user_id)
