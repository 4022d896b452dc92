"""What every service does for an account's end: purge, erasure, export of personal data."""
