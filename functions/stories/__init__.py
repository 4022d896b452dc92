"""Stories: pictures and videos that an audience sees for 24 hours.

Tables: `highlights`, `stories`, `story-likes`, `story-trays`, `story-views`
Publishes: `story.created`, `story.deleted`, `story.liked`, `story.mentioned`, `story.purged`,
  `story.restored`, `story.unliked`
Consumes: `media.failed`, `media.ready`, `story.created`, `story.purged`, `story.restored`,
  `user.erased`, `user.followed`, `user.unfollowed`
Library: `attachments` (what a new story shows), `audiences` (who of many people may see a story),
  `bodies` (request bodies), `deletions` (delete, restore, purge), `full_pages` (pages of what
  a viewer may see), `highlight_shapes` (JSON), `highlights` (writes highlights),
  `live_stories` (an author's, whose 24 hours are not over), `models` (tables),
  `personal_data` (exports), `public` (for other services), `shapes` (JSON),
  `tray_models` (the table of trays), `tray_pages` (reads trays), `tray_rebuild` (from what they
  follow from), `trays` (writes trays),
  `visibility` (who may see a story, and until when), `visible_highlights` (reads highlights and
  what a viewer may see of them), `visible_stories` (reads stories and checks who may see them)
"""
