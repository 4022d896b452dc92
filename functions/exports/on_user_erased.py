"""user.erased: delete the account's export and its archives."""

from exports.exports import delete_exports
from shared.lifecycle.erasure import erasure
from shared.messaging.chains import Place

app = erasure("exports")


@app.step
def erase_exports(user_id: str) -> Place:
    """Delete the export and its archives."""
    delete_exports(user_id)
    return None
