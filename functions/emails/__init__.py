"""Emails: sends the mails of all services, each once, and the newsletter.

Tables: `idempotency`, `newsletters`
Consumes: `user.deleted`, `user.restored`
Library: `deliveries` (at most one mail for each job), `formats` (dates and durations),
  `mail_service` (SES), `models` (tables), `newsletter_texts` (Markdown as safe HTML), `newsletters`
  (pages of subscribers, progress), `public` (for other services), `subscriptions` (signed links
  that unsubscribe), `templates` (a mail's HTML and text, from its source in `mails/`)
"""
