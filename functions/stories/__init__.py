"""Stories: pictures and videos that an audience sees for 24 hours.

Tables: `stories`, `story-views`, `story-likes`
Publishes: `story.created`, `story.deleted`, `story.liked`, `story.mentioned`, `story.purged`,
  `story.unliked`
Consumes: `story.purged`, `user.erased`
Library: `bodies` (request bodies), `deletions` (delete, restore, purge), `models` (tables),
  `personal_data` (exports), `public` (for other services), `shapes` (JSON), `visibility` (who may
  see a story, and until when), `visible_stories` (reads stories and checks who may see them)
"""
