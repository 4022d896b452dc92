"""The streams of tagged posts and tags: count the posts of tags, and queue search updates."""

from hashtags import search_index, windows
from hashtags.models import Hashtag, HashtagPost, TagWindow
from shared.clock import seconds
from shared.dynamodb.changes import Change
from shared.dynamodb.counters import Counter
from shared.messaging.streams import stream

app = stream("hashtags")


def _posts(change: Change[HashtagPost]) -> dict[str, int]:
    """What a change adds to the number of public posts of its tag."""
    delta = _counts(change.new) - _counts(change.old)
    return {"post_count": delta} if delta else {}


def _recent_posts(change: Change[HashtagPost]) -> dict[str, int]:
    """The same, as long as the post's window counts."""
    number = windows.number_of(change.item.post_id)
    return _posts(change) if windows.counts_at(number, seconds(change.occurred_at)) else {}


def _window(change: Change[HashtagPost]) -> tuple[str, str]:
    tag = change.item.tag
    return windows.window_of(windows.number_of(change.item.post_id), tag), tag


def _counts(entry: HashtagPost | None) -> int:
    return int(entry is not None and entry.is_public)


app.count(
    HashtagPost,
    Counter(
        Hashtag,
        "post_seq",
        lambda change: str(change.item.tag),
        _posts,
        makes_target=True,
        from_start=lambda change: {"created_at": change.occurred_at},
        is_recounted=True,
    ),
)
app.count(
    HashtagPost,
    Counter(
        TagWindow,
        "post_seq",
        _window,
        _recent_posts,
        makes_target=True,
        from_start=lambda change: {
            "expires_at": windows.expiry_of(windows.number_of(change.item.post_id))
        },
    ),
)
app.react(Hashtag)(search_index.queue_changed_tags)
