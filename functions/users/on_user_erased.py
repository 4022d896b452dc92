"""user.erased: the account's edges end on both sides, which also corrects others' counts.

Its names went with it; the stream removes its search entries.
"""

from shared.dynamodb.tables import query, write_items
from shared.lifecycle.erasure import PAGE, erasure
from users.edge_writes import mirror
from users.models import Relationship

app = erasure("users")


@app.step
def erase_edges(user_id: str) -> bool:
    """The edges, the other side first: as long as this side is there, it leads to the other."""
    found, following = query(Relationship, user_id, limit=PAGE, consistent=True)
    write_items(deletes=[side for each in found if (side := mirror(each))])
    write_items(deletes=found)
    return following is not None
