"""Posts: what people publish, like, comment on and share.

Tables: `posts`, `post-edits`, `author-stats`, `likes`, `shares`, `collaborators`, `comments`,
  `comment-likes`
Publishes: `comment.deleted`, `comment.liked`, `comment.mentioned`, `comment.unliked`,
  `comment.unmentioned`, `post.collaboration_accepted`, `post.collaboration_ended`,
  `post.collaboration_invited`, `post.commented`, `post.created`, `post.deleted`, `post.liked`,
  `post.mentioned`, `post.purged`, `post.restored`, `post.shared`, `post.unliked`,
  `post.unmentioned`, `post.unshared`, `post.updated`
Consumes: `comment.deleted`, `media.described`, `media.failed`, `media.ready`, `post.purged`,
  `user.blocked`, `user.erased`
Library: `attachments` (uploads of a post), `bodies` (request bodies), `collaborations`
  (co-authors), `comment_cleanup` (after deletions), `comment_likes` (likes), `comment_models`
  (tables), `comment_pages` (orders), `comment_permissions` (who may comment), `comment_pins`
  (pins), `comment_shapes` (Comment), `deletions` (delete, restore, purge), `edits` (changes of a
  post), `likes` (of posts), `mentions` (@names), `models` (tables), `new_comment` (drafts), `pages`
  (full pages), `personal_data` (exports), `public` (for other services), `shapes` (Post),
  `shares` (of posts), `stream_events` (events of a change), `visibility` (the rule),
  `visible_author` (of a list), `visible_comments` (reads), `visible_posts` (reads)
"""
