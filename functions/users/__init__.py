"""Users: accounts, the social graph, private lists, and the search for people.

Tables: `users`, `claims`, `relationships`, `user-search`, `account-list`
Publishes: `user.banned`, `user.blocked`, `user.deleted`, `user.erased`, `user.follow_approved`,
  `user.follow_request_ended`, `user.follow_requested`, `user.followed`, `user.registered`,
  `user.restored`, `user.unbanned`, `user.unfollowed`, `user.updated`, `user.verified`
Consumes: `user.erased`
Library: `account_list` (for administrators), `accounts` (find, verify, ban), `blocks` (block,
  unblock), `celebrities` (accounts whose posts are pulled), `circles` (whom a searcher knows),
  `claims` (unique names), `deletion` (delete, restore, purge), `earlier_search` (entries of the
  version before), `edge_targets` (targets that may be hidden), `edge_writes` (both sides at once),
  `edges` (relations of two people), `follow_requests` (approve, reject), `follows` (follow,
  unfollow), `models` (tables), `mutual_followers` (their number), `notification_preferences` (types
  and channels), `people_lists` (pages of people), `personal_data` (export), `private_lists` (muted,
  close friends, hidden stories), `public` (interface), `recipients` (addresses and languages of
  mails), `relations` (relations to many people), `search` (ranking), `search_index` (entries),
  `search_terms` (words), `search_typos` (edit distance), `shapes` (User, UserRow, S.User),
  `story_notifications` (who is notified of stories), `suggestions` (people to follow), `upgrades`
  (accounts and edges of earlier versions)
"""
