"""Service feeds: timelines of followers, and what may be shown to strangers."""
