"""Handlers of table streams and queues.

Library: `chains` (work of many pages), `queues` (sending, and consumers of events and jobs),
  `streams` (counters and events from a table's stream)
"""
