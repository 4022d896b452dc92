"""user.erased: delete what was said about the account's pictures and posts."""

from ai.models import AltText, Summary
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place

app = erasure("ai")


@app.step
def erase_alt_texts(user_id: str) -> Place:
    """Delete a page of the descriptions."""
    return delete_page(AltText, user_id)


@app.step
def erase_summaries(user_id: str) -> Place:
    """Delete a page of the summaries of the account's posts."""
    return delete_page(Summary, user_id)
