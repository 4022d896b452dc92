"""All events, for documents and tests; a consumer imports those that it handles.

An event is published by the stream of the table that stores its fact, never by a request. Its id is
derived from the stream record, so a replay carries the same id. (The fact of `mail.failed` is a
dead letter, which no table stores: a repeat has another id and makes the same notification.)
"""

# Importing a topic's module registers its events.
from shared.events import ai, chat, comments, emails, media, moderation, posts, stories, users
from shared.events.envelopes import CATALOGUE

__all__ = [
    "CATALOGUE",
    "ai",
    "chat",
    "comments",
    "emails",
    "media",
    "moderation",
    "posts",
    "stories",
    "users",
]
