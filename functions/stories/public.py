"""What stories offer to other services."""

from stories.models import Story
from stories.personal_data import export_of
from stories.visible_stories import addable_ids, visible_ids

__all__ = ["Story", "addable_ids", "export_of", "visible_ids"]
