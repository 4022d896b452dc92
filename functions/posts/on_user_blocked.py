"""user.blocked: end the collaborations between the two people."""

from posts.collaborations import end_collaboration
from posts.models import Collaborator
from shared.events.envelopes import Envelope
from shared.events.users import UserBlocked
from shared.lifecycle.personal_data import walk
from shared.messaging.queues import consumer

app = consumer()


@app.on(UserBlocked)
def on_user_blocked(envelope: Envelope, event: UserBlocked) -> None:
    """End the collaborations and the invitations of each on the posts of the other."""
    _end_collaborations(event.blocker_id, event.blocked_id)
    _end_collaborations(event.blocked_id, event.blocker_id)


def _end_collaborations(author_id: str, user_id: str) -> None:
    on_posts_of_author = Collaborator.author_id == author_id
    for row in walk(Collaborator.by_user, user_id, matching=on_posts_of_author):
        end_collaboration(row)
