import pytest

from emails.deliveries import BeingSent, deliver_once
from shared.clock import stop_at
from tests.support.memory_aws import MemoryAws


class MailService:
    """A mail service that counts what it sends and may be down."""

    def __init__(self) -> None:
        self.sent = 0
        self.is_down = False

    def send(self) -> None:
        if self.is_down:
            raise ConnectionError
        self.sent += 1


@pytest.fixture
def mail_service(aws: MemoryAws) -> MailService:
    return MailService()


def test_a_job_delivered_several_times_is_sent_once(mail_service: MailService) -> None:
    for _ in range(3):
        deliver_once("a", mail_service.send)
    deliver_once("b", mail_service.send)
    assert mail_service.sent == 2


def test_a_mail_that_was_refused_may_be_tried_again(mail_service: MailService) -> None:
    mail_service.is_down = True
    with pytest.raises(ConnectionError):
        deliver_once("a", mail_service.send)
    mail_service.is_down = False
    deliver_once("a", mail_service.send)
    assert mail_service.sent == 1


def test_two_invocations_do_not_send_the_same_mail_at_once(mail_service: MailService) -> None:
    def send_during_another_delivery() -> None:
        with pytest.raises(BeingSent):
            deliver_once("a", mail_service.send)
        mail_service.send()

    deliver_once("a", send_during_another_delivery)
    assert mail_service.sent == 1


def test_a_sender_that_died_does_not_block_the_mail(mail_service: MailService, noon: float) -> None:
    def die() -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        deliver_once("a", die)
    with stop_at(noon + 5), pytest.raises(BeingSent):
        deliver_once("a", mail_service.send)
    with stop_at(noon + 30):
        deliver_once("a", mail_service.send)
    assert mail_service.sent == 1
