"""Realtime: open sockets, and the frames that are logged for them and pushed to them.

Tables: `connections`, `event-log`, `user-sockets`
Library: `allowed_sockets` (those that may be pushed to), `delivery` (pushing frames), `frame_log`
  (the frames that clients can fetch again), `frames` (what a client receives), `packets` (those of
  Socket.IO), `sockets` (who has which sockets open)
"""
