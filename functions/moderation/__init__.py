"""Moderation: bans, and the record of what administrators do.

Tables: `audit-log`
Library: `accounts` (accounts as administrators see them), `audit` (entries of the audit log),
  `models` (tables), `public` (for other services)
"""
