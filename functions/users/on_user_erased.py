"""user.erased: delete both sides of the account's edges, which also corrects others' counts.

Its claims are deleted with the account; the stream removes its search entries.
"""

from shared.dynamodb.tables import query, write_items
from shared.dynamodb.tallies import Tally
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import PAGE, delete_page
from shared.messaging.chains import Place
from users import circles
from users.edge_writes import mirror
from users.models import Relationship

app = erasure("users")


@app.step
def erase_edges(user_id: str) -> Place:
    """Delete a page of edges, the other side first: it is found by this side."""
    found, following = query(Relationship, user_id, limit=PAGE, consistent=True)
    write_items(deletes=[side for each in found if (side := mirror(each))])
    write_items(deletes=found)
    return following


@app.step
def erase_tallies(user_id: str) -> Place:
    """Delete how many people followed it when. (Edges that end are counted there once more; the
    second run of this step deletes that for good.)"""
    return delete_page(Tally, f"user.followed#{user_id}")


@app.step
def erase_circle(user_id: str) -> Place:
    """Delete what its searches kept of whom it follows."""
    circles.forget(user_id)
    return None
