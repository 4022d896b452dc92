"""The time that a Lambda has left, on a clock that tests set."""

from shared.messaging.chains import MARGIN

MINUTE = 60_000


class TimeLeft:
    """The context of a Lambda with the time for some pages of a chain."""

    aws_request_id = "7d2b8a90-5a58-4c54-8f2e-0c1b9a3a7c21"

    def __init__(self, pages: int, page: int = 1_000) -> None:
        self._left = MARGIN + pages * page
        self._page = page

    def get_remaining_time_in_millis(self) -> int:
        """What is left after another page, which took its time."""
        self._left -= self._page
        return self._left
