"""The interface of saved for other services. (It must not import posts, which import it.)"""

from saved.models import DEFAULT, SavedPost, entry_of
from saved.personal_data import export_of
from shared.dynamodb.tables import Key

__all__ = ["SavedPost", "export_of", "saved_key"]


def saved_key(user_id: str, post_id: str) -> Key:
    """The key of the item that exists while the user has saved the post."""
    return (SavedPost, user_id, entry_of(post_id, DEFAULT))
