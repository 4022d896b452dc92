"""Feeds: home timelines, and the feeds in which people discover public posts.

Tables: `timelines`, `explore-posts`, `public-reels`, `trending-pages`
Consumes: `comment.deleted`, `comment.restored`, `post.collaboration_accepted`,
  `post.collaboration_ended`, `post.commented`, `post.created`, `post.deleted`, `post.liked`,
  `post.restored`, `post.shared`, `post.unliked`, `post.unshared`, `post.updated`, `user.erased`,
  `user.followed`, `user.unfollowed`
Library: `discovery_index` (what explore, trending and public reels choose from), `empty_timelines`
  (filling and rebuilding them), `explore_walk` (random order without repeats), `home_sources` (the
  lists that a home feed merges), `merge` (several lists as one), `models` (tables), `paging` (pages
  of a feed), `public_reels` (the list of all public reels), `reasons` (why a post is in a feed),
  `shapes` (what feeds answer), `timelines` (writing timelines), `trending` (rankings)
"""
