"""Profiles: what others see of an account, its privacy settings, and its deletion by its owner.

Library: `follow_lists` (followers and follows), `profile_edits` (changes in one transaction),
  `profiles` (the shapes Profile and Privacy)
"""
