"""Service feeds: timelines."""
