"""What may be shown to people who have nothing to do with a post's author."""

from feeds.home_sources import is_not_muted
from posts.public import Seen


def is_for_everybody(seen: Seen) -> bool:
    """A public post of a public account, which the viewer does not mute. The lists that feeds of
    strangers' posts are read from may be behind, and the viewer may see more than everybody."""
    is_public = seen.post.visibility == "public" and not seen.author.is_private
    return is_public and is_not_muted(seen)
