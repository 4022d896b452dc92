"""Media: uploads of pictures and videos, their processing, and the files that are served.

Tables: `held-uploads`, `uploads`
Publishes: `media.described`, `media.failed`, `media.ready`
Consumes: `alt_text.suggested`, `message.deleted`, `post.purged`, `story.purged`, `user.erased`
Library: `errors` (why an upload failed), `file_types` (the real type of a file), `form_uploads`
  (files in multipart requests), `holds` (who keeps the files of an upload), `images` (rendering
  pictures), `models` (tables), `personal_data` (exports), `pictures` (of profiles and groups),
  `playlist_links` (signed links to playlists), `processing` (the work around a renderer),
  `progress_frames` (pushes to the owner), `public` (what other services may import), `renditions`
  (the rendered files), `s3_objects` (keys, removal of objects), `scratch` (temporary directories),
  `shapes` (Media and Upload of docs/api.md), `upload_frames` (of finished uploads), `uploads`
  (creating, finding and attaching uploads), `video` (rendering videos)
"""
