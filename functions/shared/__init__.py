"""The kernel that every service stands on: HTTP, identity, rates, tables, events, queues, media
URLs."""
