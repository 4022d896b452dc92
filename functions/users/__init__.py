"""Service users: profiles and the social graph."""
