"""Service auth: accounts, sessions, tokens."""
