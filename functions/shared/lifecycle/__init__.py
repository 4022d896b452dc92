"""What services do when an account or an item ends.

Library: `erasure` (erase what a service stores about an account), `item_pages` (delete a page of
  items), `personal_data` (the topics of an export), `purging` (remove deleted items that are due)
"""
