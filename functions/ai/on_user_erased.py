"""user.erased: what was said of the account's pictures goes."""

from ai.models import AltText
from shared.lifecycle.erasure import delete_page, erasure

app = erasure("ai")


@app.step
def erase_alt_texts(user_id: str) -> bool:
    """The descriptions of its pictures."""
    return delete_page(AltText, user_id)
