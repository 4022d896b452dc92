"""Users who sign up with e-mail and password."""

from typing import Any

from shared.access.caller import Caller
from shared.ids import new_id
from tests.bench.costs.world import World

PASSWORD = "Correct-Horse-7"


class Newcomer:
    """A new user, whose e-mails can be read."""

    def __init__(self, world: World, **more: Any) -> None:
        self.world = world
        self.username = f"ada_{new_id()[-8:].lower()}"
        self.email = f"{self.username}@example.com"
        self.details = {
            "name": "Ada Example",
            "username": self.username,
            "email": self.email,
            "password": PASSWORD,
            "date_of_birth": "1999-04-05",
            "gender": "other",
            **more,
        }

    def register(self) -> "Newcomer":
        """Register; the code is sent by e-mail."""
        self.world.ask("auth/register_user", None, self.details)
        return self

    def enter(self) -> Caller:
        """Register and verify; returns the caller of the session."""
        from shared.access.tokens import read_token

        self.register()
        body = {"email": self.email, "otp_code": self.code}
        self.tokens: dict[str, Any] = self.world.ask("auth/verify_otp", None, body)
        return read_token(str(self.tokens["token"]))

    def forget_password(self) -> str:
        """Request a password reset; returns the code of the e-mail."""
        self.world.ask("auth/request_password_reset", None, {"email": self.email})
        return self.code

    @property
    def code(self) -> str:
        """The code in the last e-mail."""
        jobs = [job for job in self.world.stage.mails if job["to"] == self.email]
        return str(jobs[-1]["values"]["code"])
