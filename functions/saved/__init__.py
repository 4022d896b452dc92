"""Saved: collections of saved posts.

Tables: `collections`, `saved-posts`
Consumes: `post.purged`, `user.erased`
Library: `bodies` (request bodies), `collection_cleanup` (deletes what no longer counts), `covers`
  (cover pictures of collections), `entries` (a post's entries in all collections), `models`
  (tables), `own_collections` (a caller's collections: keys, ids, counts), `personal_data` (for
  exports), `public` (what other services may use), `saves` (save and unsave), `shapes` (what
  endpoints answer), `visible_entries` (entries with the posts that their owner may see)
"""
