"""The restore drill (`make drill`): a network is backed up, restored and used again."""
