"""user.unfollowed: remove the author's posts from the timeline."""

from feeds.timelines import sync_author
from shared.events.envelopes import Envelope
from shared.events.users import UserUnfollowed
from shared.messaging.queues import consumer

app = consumer()


@app.on(UserUnfollowed)
def on_user_unfollowed(envelope: Envelope, event: UserUnfollowed) -> None:
    """Remove the entries, unless the author is followed again."""
    sync_author(event.follower_id, event.followed_id)
