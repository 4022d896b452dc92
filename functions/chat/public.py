"""What chat offers to other services: what it holds of a person."""

from chat.personal_data import export_of

__all__ = ["export_of"]
