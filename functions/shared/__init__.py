"""The kernel that every service stands on: HTTP, identity, rates, tables, events, queues, media
URLs."""

import gc

# The sixty thousand objects that a cold start makes are there to stay. To look through them for
# garbage every 2,000, as Python would, is a fifteenth of the time that the imports take.
gc.set_threshold(100_000)
