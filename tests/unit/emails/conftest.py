from tests.support.people import call, join, users_settings

__all__ = ["call", "join", "users_settings"]
