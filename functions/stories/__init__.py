"""Stories: pictures and videos that an audience sees for 24 hours.

Tables: `highlights`, `stories`, `story-views`, `story-likes`
Publishes: `story.created`, `story.deleted`, `story.liked`, `story.mentioned`, `story.purged`,
  `story.unliked`
Consumes: `media.failed`, `media.ready`, `story.purged`, `user.erased`
Library: `attachments` (what a new story shows), `bodies` (request bodies), `deletions` (delete,
  restore, purge), `highlight_shapes` (JSON), `highlights` (writes highlights), `live_stories` (an
  author's, whose 24 hours are not over), `models` (tables), `personal_data` (exports),
  `public` (for other services), `shapes` (JSON), `visibility` (who may see a story, and until
  when), `visible_highlights` (reads highlights and what a viewer may see of them),
  `visible_stories` (reads stories and checks who may see them)
"""
