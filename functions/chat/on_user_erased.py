"""user.erased: remove the account from its conversations and empty its messages."""

from chat.erased_members import erase_member
from chat.models import InboxRow
from shared.dynamodb.tables import query, write_items
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place
from shared.realtime.frame_log import LoggedFrame
from shared.realtime.sockets import Connection, UserSockets

app = erasure("chat")


@app.step
def erase_sockets(user_id: str) -> Place:
    """Delete its sockets, whose sessions ended long ago."""
    write_items(deletes=[UserSockets(user_id)])
    return delete_page(Connection.by_user, user_id)


@app.step
def erase_conversations(user_id: str) -> Place:
    """Erase one conversation at a time; its row is deleted last, because it is how it is found."""
    rows, following = query(InboxRow, user_id, limit=1, consistent=True)
    unfinished = [row.conversation_id for row in rows if not erase_member(row)]
    return unfinished or following


@app.step
def erase_log(user_id: str) -> Place:
    """Delete the frames that its clients could ask for again."""
    return delete_page(LoggedFrame, user_id)
