"""The kernel that every service builds on.

Library: `access` (callers, tokens, sessions, rate limits), `addresses` (links and the like in
  texts), `aws` (clients, signed URLs), `characters` (which are seen, which join words), `clock`
  (time, which tests can stop), `config` (the environment), `dynamodb` (tables), `encoding` (compact
  JSON), `errors` (one class per error code), `events` (the events and their envelopes), `hashtags`
  (tags in texts), `hot_reads` (what many read alike), `http` (endpoints), `ids` (ULIDs),
  `lifecycle` (purge, erasure, export), `limits` (what deployments may configure), `messaging`
  (streams and queues), `observability` (logs, metrics, traces), `parallel` (calls in parallel,
  back-off), `realtime` (open sockets, their frames), `transient` (which errors pass by themselves),
  `translations` (what people read), `usernames` (what a username may be), `words` (folded, for
  searches)
"""

import gc

# A cold start creates 60,000 objects that stay, and Python would search them for garbage 30 to 40
# times: 7 % of the start. So the threshold is set here, where the kernel is imported, for the whole
# process: reference counts free nearly everything that a request leaves. Rejected: `gc.freeze`,
# because nothing marks the end of a start.
gc.set_threshold(100_000)
