"""The part of a data export that is ai's: what was said about a user's pictures and posts."""

from collections.abc import Iterator

from ai.models import AltText, Summary
from shared.clock import now
from shared.lifecycle.personal_data import Topic, plain, walk


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data."""
    moment = int(now())  # what has expired may still be there
    descriptions = walk(AltText, user_id, matching=AltText.expires_at > moment)
    about = "Descriptions of your pictures by a model, which are stored for a week."
    names = ("upload_id", "text", "created_at")
    yield Topic("picture_descriptions", about, (plain(each, *names) for each in descriptions))
    summaries = walk(Summary, user_id, matching=Summary.expires_at > moment)
    about = "Summaries of your captions that readers asked for, which are stored for a week."
    names = ("post_id", "text", "created_at")
    yield Topic("summaries", about, (plain(each, *names) for each in summaries))
