"""What stories offer to other services."""

from stories.models import Story
from stories.personal_data import export_of
from stories.visible_stories import visible_ids

__all__ = ["Story", "export_of", "visible_ids"]
