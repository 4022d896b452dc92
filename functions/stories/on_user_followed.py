"""user.followed and user.unfollowed: the author enters the follower's tray, or leaves it."""

from shared.events.envelopes import Envelope
from shared.events.users import UserFollowed, UserUnfollowed
from shared.messaging.queues import consumer
from stories.trays import sync_tray

app = consumer()


@app.on(UserFollowed)
def on_user_followed(envelope: Envelope, event: UserFollowed) -> None:
    """Add the author, if the follower still follows them and they have live stories."""
    sync_tray(event.follower_id, event.followed_id)


@app.on(UserUnfollowed)
def on_user_unfollowed(envelope: Envelope, event: UserUnfollowed) -> None:
    """Remove the author, unless they are followed again."""
    sync_tray(event.follower_id, event.followed_id)
