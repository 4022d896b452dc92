import pytest

from emails.deliveries import BeingSent, deliver_once
from shared.clock import stop_at
from tests.support.memory_aws import MemoryAws


class Post:
    """Where mails are sent, which may refuse them."""

    def __init__(self) -> None:
        self.sent = 0
        self.is_down = False

    def send(self) -> None:
        if self.is_down:
            raise ConnectionError
        self.sent += 1


@pytest.fixture
def post(aws: MemoryAws) -> Post:
    return Post()


def test_a_job_that_comes_twice_is_sent_once(post: Post) -> None:
    for _ in range(3):
        deliver_once("a", post.send)
    deliver_once("b", post.send)
    assert post.sent == 2


def test_a_mail_that_was_refused_may_be_tried_again(post: Post) -> None:
    post.is_down = True
    with pytest.raises(ConnectionError):
        deliver_once("a", post.send)
    post.is_down = False
    deliver_once("a", post.send)
    assert post.sent == 1


def test_two_do_not_send_the_same_mail_at_once(post: Post) -> None:
    def send_while_another_wants_to() -> None:
        with pytest.raises(BeingSent):
            deliver_once("a", post.send)
        post.send()

    deliver_once("a", send_while_another_wants_to)
    assert post.sent == 1


def test_a_sender_that_died_does_not_block_the_mail(post: Post, noon: float) -> None:
    def die() -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        deliver_once("a", die)
    with stop_at(noon + 5), pytest.raises(BeingSent):
        deliver_once("a", post.send)
    with stop_at(noon + 30):
        deliver_once("a", post.send)
    assert post.sent == 1
