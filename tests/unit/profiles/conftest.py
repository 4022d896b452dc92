"""Accounts, and calls of Lambdas as one of them, with AWS in memory."""

from tests.support.people import call, join, users_settings

__all__ = ["call", "join", "users_settings"]
