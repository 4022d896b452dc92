"""Posts: what people publish, like, comment on and share.

Tables: `posts`, `post-edits`, `author-stats`, `latest-posts`, `likes`, `shares`, `collaborators`,
  `comments`, `comment-likes`
Publishes: `comment.deleted`, `comment.liked`, `comment.mentioned`, `comment.restored`,
  `comment.unliked`, `comment.unmentioned`, `post.collaboration_accepted`,
  `post.collaboration_ended`, `post.collaboration_invited`, `post.commented`, `post.created`,
  `post.deleted`, `post.liked`, `post.mentioned`, `post.purged`, `post.restored`, `post.shared`,
  `post.unliked`, `post.unmentioned`, `post.unshared`, `post.updated`
Consumes: `comment.deleted`, `comment.restored`, `media.described`, `media.failed`, `media.ready`,
  `post.purged`, `user.blocked`, `user.erased`
Library: `attachments` (uploads of a new post), `author_pages` (ids), `bodies`, `collaborations`,
  `comment_cleanup`, `comment_likes`, `comment_models` (tables), `comment_pages`,
  `comment_permissions` (who may comment), `comment_pins`, `comment_removal` (by administrators),
  `comment_shapes` (JSON), `deletions` (delete, restore, purge), `edits` (changes of a post),
  `latest_models` (table), `latest_posts` (of authors), `likes`, `mentions` (@names), `models`
  (tables), `new_comment` (builds a comment), `pages` (of visible posts), `personal_data` (exports),
  `pulled_posts` (of celebrities), `public` (for other services), `shapes` (JSON), `shares`,
  `stream_events`, `visibility` (who may see a post), `visible_author`, `visible_comments`,
  `visible_posts`
"""
