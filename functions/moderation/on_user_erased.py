"""user.erased: delete the account's verification request; the stream removes its picture."""

from moderation.verification_models import Verification
from shared.dynamodb.tables import write_items
from shared.lifecycle.erasure import erasure

app = erasure("moderation")


@app.step
def erase_verification(user_id: str) -> bool:
    """Delete its verification request."""
    write_items(deletes=[Verification(user_id)])
    return False
