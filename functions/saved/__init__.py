"""Service saved: collections of saved posts."""
