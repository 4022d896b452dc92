"""Notifications: what people are notified of, how much is unread, and their preferences.

Tables: `notifications`, `notification-stats`
Consumes: `appeal.created`, `appeal.reversed`, `appeal.upheld`, `comment.deleted`, `comment.liked`,
  `comment.mentioned`, `comment.unliked`, `comment.unmentioned`, `content.removed`,
  `conversation.read`, `mail.failed`, `media.failed`, `message.received`,
  `post.collaboration_ended`, `post.collaboration_invited`, `post.commented`, `post.created`,
  `post.liked`, `post.mentioned`, `post.shared`, `post.unliked`, `post.unmentioned`,
  `post.unshared`, `report.created`, `report.resolved`, `story.created`, `story.liked`,
  `story.mentioned`, `story.unliked`, `user.erased`, `user.export_ready`, `user.follow_approved`,
  `user.follow_request_ended`, `user.follow_requested`, `user.followed`, `user.unfollowed`,
  `verification.approved`, `verification.rejected`, `verification.requested`
Library: `bulk_write` (many conditional writes at once), `digests` (one entry for a storm of facts),
  `entries` (makes the entry of a fact), `event_mapping` (which event notifies whom), `group_pages`
  (the list in groups), `groups` (what belongs together), `message_entries` (of unread messages),
  `models` (tables), `moderation_entries` (of what moderation decides), `notification_frames` (their
  data), `overflow` (which facts digests stand for), `permitted_entries` (writing those that readers
  may have), `personal_data` (the export), `preferences` (the shape), `public` (for other services),
  `push_pace` (one frame a second), `read_epochs` (marking all as read), `shapes` (JSON),
  `story_jobs` (pages of recipients), `types` (and their sentences), `visible_notifications` (lists)
"""
