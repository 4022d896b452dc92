"""What moderation offers to other services: the record of what an administrator does there."""

from moderation.audit import record

__all__ = ["record"]
