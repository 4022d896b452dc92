"""What chat offers to other services: the export of a person's data."""

from chat.personal_data import export_of

__all__ = ["export_of"]
