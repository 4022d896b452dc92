"""Moderation: reports, bans, strikes and appeals, verification, and the record of what admins do.

Tables: `audit-log`, `open-reports`, `reports`, `strikes`, `verifications`
Publishes: `appeal.created`, `appeal.reversed`, `appeal.upheld`, `content.removed`,
  `report.created`, `report.resolved`, `verification.approved`, `verification.rejected`,
  `verification.requested`
Consumes: `user.erased`
Library: `accounts` (accounts as administrators see them), `administrators` (who they are),
  `appeals` (making and deciding them), `audit` (entries of the audit log), `audit_pages` (reading
  it), `content_removal` (removes what was reported), `content_return` (returns it),
  `identity_papers` (card numbers and face pictures, encrypted), `models`, `report_models`,
  `strike_models`, `verification_models` (tables), `personal_data` (the export), `public` (for other
  services), `report_queue` (the reports that wait), `report_resolution` (the decision on one),
  `report_shapes` (JSON shapes), `snapshots` (what was seen), `strike_mails`, `strike_shapes`,
  `strikes` (of an account), `targets` (what can be reported), `verification_pages`,
  `verification_shapes`, `verifications` (from request to decision)
"""
