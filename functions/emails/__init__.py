"""Service emails: mails."""
