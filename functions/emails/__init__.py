"""Emails: sends the mails of all services, each once.

Tables: `idempotency`
Library: `deliveries` (at most one mail for each job), `models` (tables), `public` (for other
  services), `templates` (the texts)
"""
