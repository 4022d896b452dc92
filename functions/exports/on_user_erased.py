"""user.erased: the account's export and its archives go."""

from exports.exports import forget_exports
from shared.lifecycle.erasure import erasure

app = erasure("exports")


@app.step
def erase_exports(user_id: str) -> bool:
    """Delete the export and its archives."""
    forget_exports(user_id)
    return False
