"""Hashtags: the tags of posts, their counts, their search, and which of them trend.

Tables: `hashtags`, `hashtag-posts`, `post-tags`, `tag-windows`, `tag-search`, `tag-rankings`
Consumes: `post.created`, `post.deleted`, `post.restored`, `post.updated`, `user.banned`,
  `user.deleted`, `user.restored`, `user.unbanned`, `user.updated`
Library: `earlier_search` (entries of the version before), `models` (tables), `popular` (the most
  used tags), `public` (what other services may import), `search_index` (what tags are found by),
  `tag_sync` (syncs the stored tags of a post), `trends` (the ranking of tags), `windows` (periods
  in which uses are counted)
"""
