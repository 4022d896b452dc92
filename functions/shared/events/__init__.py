"""The events that services publish and consume.

Library: `ai` (of the assistant), `catalogue` (all events), `chat` (of conversations), `comments`
  (of comments and their likes), `emails` (of mails), `envelopes` (the base of events, publishing),
  `media` (of uploads), `moderation` (of reports, removals, verification), `posts` (of posts, likes,
  shares, collaborations), `stories` (of stories and their likes), `users` (of accounts, follows,
  blocks)
"""
