"""user.erased: the account leaves its conversations, and what it wrote is emptied."""

from chat.erased_members import empty_room
from chat.models import InboxRow
from shared.dynamodb.tables import query
from shared.lifecycle.erasure import delete_page, erasure
from shared.realtime import Connection, LoggedFrame

app = erasure("chat")


@app.step
def erase_sockets(user_id: str) -> bool:
    """Its sockets, which have been silent for long."""
    return delete_page(Connection.by_user, user_id)


@app.step
def erase_conversations(user_id: str) -> bool:
    """A conversation at a time; the account's row of it goes last, because it leads there."""
    rows, following = query(InboxRow, user_id, limit=1, consistent=True)
    are_empty = [empty_room(row) for row in rows]
    return following is not None or not all(are_empty)


@app.step
def erase_log(user_id: str) -> bool:
    """The frames that its clients could ask for again."""
    return delete_page(LoggedFrame, user_id)
