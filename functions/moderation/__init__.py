"""Moderation: reports and their resolution, bans, verification requests, and the record of what
administrators do.

Tables: `audit-log`, `open-reports`, `reports`, `verifications`
Publishes: `content.removed`, `report.created`, `report.resolved`, `verification.approved`,
  `verification.rejected`, `verification.requested`
Consumes: `user.erased`
Library: `accounts` (accounts as administrators see them), `administrators` (who they are),
  `audit` (entries of the audit log), `audit_pages` (reading it), `content_removal` (removes what
  was reported), `identity_papers` (card numbers and face pictures, encrypted), `models`,
  `report_models`, `verification_models` (tables), `personal_data` (the export), `public` (for
  other services), `report_queue` (the reports that wait), `report_resolution` (the decision on
  one), `report_shapes` (JSON shapes), `targets` (what can be reported), `verification_pages`,
  `verification_shapes`, `verifications` (from request to decision)
"""
