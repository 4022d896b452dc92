"""Stories: pictures and videos that an audience sees for 24 hours.

Tables: `stories`, `story-views`, `story-likes`, `story-trays`
Publishes: `story.created`, `story.deleted`, `story.liked`, `story.mentioned`, `story.purged`,
  `story.restored`, `story.unliked`
Consumes: `story.created`, `story.purged`, `story.restored`, `user.erased`, `user.followed`,
  `user.unfollowed`
Library: `audiences` (who of many people may see a story), `bodies` (request bodies), `deletions`
  (delete, restore, purge), `live_stories` (of an author), `models` (tables), `personal_data`
  (exports), `public` (for other services), `shapes` (JSON), `tray_models` (the table of trays),
  `tray_pages` (reads trays), `trays` (writes trays), `visibility` (who may see a story, and until
  when), `visible_stories` (reads stories and checks who may see them)
"""
