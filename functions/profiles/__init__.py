"""Profiles: what others see of a person, and what its owner changes."""
