"""Access: who calls, whether the session is alive, and how often they may call.

Tables: `gates`
Library: `budgets` (what calls count on), `caller` (the identity of a request), `frame_rates` (the
  gate of frames), `quotas` (calls a day), `rate_limits` (the gate), `revocation` (ending sessions),
  `sessions` (whether sessions are alive), `signing_keys` (rotating HMAC keys), `tokens` (access and
  refresh tokens)
"""
