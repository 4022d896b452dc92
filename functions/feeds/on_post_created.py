"""post.created: cut the author's followers into jobs for the fan-out, a page of them each."""

from shared.encoding import to_json
from shared.events import Envelope, PostCreated
from shared.queues import consumer, send
from users.public import find_user, follower_page

app = consumer()

PAGE = 1000  # followers in one job


@app.on(PostCreated)
def on_post_created(envelope: Envelope, event: PostCreated) -> None:
    """Send the jobs. If it is cut off it starts from the beginning: a job done twice writes the
    same entries."""
    if event.visibility == "private":
        return
    author = find_user(event.author_id)
    if author is None or author.is_pulled:
        return  # a celebrity's followers fetch the posts when they read
    after = None
    while True:
        followers, after = follower_page(event.author_id, PAGE, after)
        if followers:
            job = {"post_id": event.post_id, "author_id": event.author_id, "user_ids": followers}
            # One at a time: ten such jobs would be more than a batch of SQS may weigh.
            send("feed-fan-out", to_json(job))
        if after is None:
            return
