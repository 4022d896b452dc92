"""user.erased: delete the descriptions of the account's pictures."""

from ai.models import AltText
from shared.lifecycle.erasure import delete_page, erasure

app = erasure("ai")


@app.step
def erase_alt_texts(user_id: str) -> bool:
    """Delete a page of the descriptions."""
    return delete_page(AltText, user_id)
