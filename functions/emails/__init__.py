"""Emails: sends the mails of all services, each once, and the newsletter.

Tables: `idempotency`, `newsletters`, `suppressions`
Publishes: `mail.failed`
Consumes: `user.banned`, `user.deleted`, `user.erased`, `user.restored`, `user.unbanned`
Library: `attempts` (tries and dead letters), `deliveries` (at most one mail for each job),
  `formats` (dates and durations), `mail_service` (SES), `models` (tables), `newsletter_texts`
  (Markdown as safe HTML), `newsletters` (pages of subscribers, progress), `personal_data` (the
  export), `public` (for other services), `subscriptions` (signed links that unsubscribe),
  `suppressions` (addresses that get no mails), `templates` (a mail's HTML and text, from its source
  in `mails/`)
"""
