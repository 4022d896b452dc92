"""Moderation: bans, verification requests, and the record of what administrators do.

Tables: `audit-log`, `verifications`
Publishes: `verification.approved`, `verification.rejected`
Consumes: `user.erased`
Library: `accounts` (accounts as administrators see them), `audit` (entries of the audit log),
  `identity_papers` (card numbers and face pictures, encrypted), `models` (the audit log),
  `personal_data` (the export), `public` (for other services), `verification_models` (the table of
  requests), `verification_pages`, `verification_shapes`, `verifications` (from request to decision)
"""
