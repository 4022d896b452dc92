"""What moderation offers to other services: recording what an administrator does there."""

from moderation.audit import record

__all__ = ["record"]
