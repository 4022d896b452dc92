"""Moderation: reports and their resolution, bans, and the record of what administrators do.

Tables: `audit-log`, `open-reports`, `reports`
Publishes: `content.removed`, `report.created`, `report.resolved`
Consumes: `user.erased`
Library: `accounts` (accounts as administrators see them), `administrators` (who they are),
  `audit` (entries of the audit log), `audit_pages` (reading it), `content_removal` (removes what
  was reported), `models`, `report_models` (tables), `personal_data` (the export), `public` (for
  other services), `report_queue` (the reports that wait), `report_resolution` (the decision on
  one), `report_shapes` (JSON shapes), `targets` (what can be reported)
"""
