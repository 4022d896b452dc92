"""Service web: health, documents, unmatched routes."""
