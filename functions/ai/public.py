"""What ai offers to other services: its part of a data export."""

from ai.personal_data import export_of

__all__ = ["export_of"]
