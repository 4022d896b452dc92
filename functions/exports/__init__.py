"""Exports: a person's data from every service, in one archive."""
