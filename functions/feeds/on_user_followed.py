"""user.followed: add the author's latest posts to the follower's timeline."""

from feeds.timelines import sync_author
from shared.events.envelopes import Envelope
from shared.events.users import UserFollowed
from shared.messaging.queues import consumer

app = consumer()


@app.on(UserFollowed)
def on_user_followed(envelope: Envelope, event: UserFollowed) -> None:
    """Add the latest posts, if the follower still follows the author."""
    sync_author(event.follower_id, event.followed_id)
