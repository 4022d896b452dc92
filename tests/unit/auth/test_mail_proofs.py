"""Using a mailed code or link shows that the address works: it gets mails again."""

from collections.abc import Callable, Iterator

import pytest

from emails.suppressions import is_suppressed, suppress_address
from shared.clock import stop_at, timestamp
from tests.unit.auth.conftest import Call, Newcomer
from tests.unit.auth.test_change_email import Mover
from tests.unit.auth.test_login import Careful
from tests.unit.auth.test_reset import Forgetful

# The address that mails reached; then what happens before and after a mail to it bounces.
type Story = Iterator[str]


def sign_up(newcomer: Newcomer, call: Call) -> Story:
    newcomer.register()
    yield newcomer.email
    assert newcomer.verify()[0] == 200


def log_in(newcomer: Newcomer, call: Call) -> Story:
    careful = Careful(newcomer, call)
    yield newcomer.email
    assert careful.finish(newcomer.code)[0] == 200


def change_address(newcomer: Newcomer, call: Call) -> Story:
    mover = Mover(newcomer, call)
    mover.ask()
    yield mover.new
    assert mover.confirm()[0] == 200


def reset_by_code(newcomer: Newcomer, call: Call) -> Story:
    forgetful = Forgetful(newcomer, call)
    forgetful.ask()
    yield newcomer.email
    assert forgetful.by_code()[0] == 200


def reset_by_link(newcomer: Newcomer, call: Call) -> Story:
    forgetful = Forgetful(newcomer, call)
    forgetful.ask()
    yield newcomer.email
    assert forgetful.by_token()[0] == 200


@pytest.mark.parametrize("scene", [sign_up, log_in, change_address, reset_by_code, reset_by_link])
def test_a_mailed_code_or_link_that_is_used_lifts_a_suppression(
    newcomer: Newcomer, call: Call, noon: float, scene: Callable[[Newcomer, Call], Story]
) -> None:
    story = scene(newcomer, call)
    address = next(story)
    suppress_address(address, "bounce", timestamp(noon + 1))
    assert is_suppressed(address)
    with stop_at(noon + 2):
        assert next(story, None) is None
        assert not is_suppressed(address)


def test_a_wrong_code_lifts_nothing(newcomer: Newcomer, call: Call, noon: float) -> None:
    careful = Careful(newcomer, call)
    suppress_address(newcomer.email, "bounce", timestamp(noon + 1))
    with stop_at(noon + 2):
        assert careful.finish(newcomer.wrong_code)[0] == 401
        assert is_suppressed(newcomer.email)


def test_a_log_in_by_password_proves_nothing_about_mails(newcomer: Newcomer, noon: float) -> None:
    newcomer.enter()
    suppress_address(newcomer.email, "complaint", timestamp(noon + 1))
    with stop_at(noon + 2):
        assert newcomer.log_in()[0] == 200
        assert is_suppressed(newcomer.email)
