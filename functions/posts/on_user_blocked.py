"""user.blocked: neither of the two stands beside the other as a post's collaborator any more."""

from posts.collaborations import end
from posts.models import Collaborator
from shared.events.envelopes import Envelope
from shared.events.users import UserBlocked
from shared.lifecycle.personal_data import walk
from shared.messaging.queues import consumer

app = consumer()


@app.on(UserBlocked)
def on_user_blocked(envelope: Envelope, event: UserBlocked) -> None:
    """End the collaborations and the invitations between them, both ways."""
    _part(event.blocker_id, event.blocked_id)
    _part(event.blocked_id, event.blocker_id)


def _part(author_id: str, user_id: str) -> None:
    beside = Collaborator.author_id == author_id
    for row in walk(Collaborator.by_user, user_id, matching=beside):
        end(row)
