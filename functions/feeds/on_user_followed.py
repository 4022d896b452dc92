"""user.followed: the follower's timeline gets the author's latest posts."""

from feeds.timelines import sync_author
from shared.events.envelopes import Envelope
from shared.events.users import UserFollowed
from shared.messaging.queues import consumer

app = consumer()


@app.on(UserFollowed)
def on_user_followed(envelope: Envelope, event: UserFollowed) -> None:
    """Fill in the latest posts, if the follow still holds."""
    sync_author(event.follower_id, event.followed_id)
