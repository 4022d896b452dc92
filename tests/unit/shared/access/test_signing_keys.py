"""Signing keys and their rotation."""

import hashlib
import hmac

import pytest

from shared import clock
from shared.access import signing_keys
from tests.support.memory_aws import MemoryAws

NOW = 1_767_614_400.0


def rotate(aws: MemoryAws, new: str) -> None:
    ring = aws.secrets["hoshi/cursors"]
    aws.secrets["hoshi/cursors"] = {"current": new, "previous": ring["current"]}


def test_a_signature_is_recognised(aws: MemoryAws) -> None:
    kid, signature = signing_keys.sign("cursors", "page", b"message")
    assert len(signature) == 32
    assert signing_keys.is_signed("cursors", "page", b"message", kid, signature)
    assert signing_keys.is_signed("cursors", "page", b"message", kid, signature[:16])


def test_another_message_purpose_key_or_ring_is_refused(aws: MemoryAws) -> None:
    kid, signature = signing_keys.sign("cursors", "page", b"message")
    assert not signing_keys.is_signed("cursors", "page", b"massage", kid, signature)
    assert not signing_keys.is_signed("cursors", "link", b"message", kid, signature)
    assert not signing_keys.is_signed("cursors", "page", b"message", "00000000", signature)
    assert not signing_keys.is_signed("tokens", "page", b"message", kid, signature)


@pytest.mark.parametrize("length", [0, 1, 15])
def test_a_signature_that_is_cut_too_short_is_refused(aws: MemoryAws, length: int) -> None:
    kid, signature = signing_keys.sign("cursors", "page", b"message")
    assert not signing_keys.is_signed("cursors", "page", b"message", kid, signature[:length])


def test_the_purpose_cannot_reach_into_the_message(aws: MemoryAws) -> None:
    kid, signature = signing_keys.sign("cursors", "page", b"s of a book")
    assert not signing_keys.is_signed("cursors", "pages", b" of a book", kid, signature)


def test_after_a_rotation_old_signatures_still_count_and_new_ones_have_the_new_key(
    aws: MemoryAws,
) -> None:
    with clock.stop_at(NOW):
        old_kid, signature = signing_keys.sign("cursors", "page", b"message")
    rotate(aws, "d" * 64)
    with clock.stop_at(NOW + 301):
        new_kid, _ = signing_keys.sign("cursors", "page", b"message")
        assert new_kid != old_kid
        assert signing_keys.is_signed("cursors", "page", b"message", old_kid, signature)


def test_after_two_rotations_the_oldest_key_is_not_valid(aws: MemoryAws) -> None:
    with clock.stop_at(NOW):
        kid, signature = signing_keys.sign("cursors", "page", b"message")
    rotate(aws, "d" * 64)
    rotate(aws, "e" * 64)
    with clock.stop_at(NOW + 301):
        assert not signing_keys.is_signed("cursors", "page", b"message", kid, signature)


def test_a_key_that_is_new_to_this_process_is_looked_up_at_once(aws: MemoryAws) -> None:
    with clock.stop_at(NOW):
        signing_keys.sign("cursors", "page", b"now this process knows the old key")
        rotate(aws, "d" * 64)
        kid = hashlib.sha256(b"d" * 64).hexdigest()[:8]
        signed_elsewhere = hmac.digest(b"d" * 64, b"page\0message", "sha256")
        assert signing_keys.is_signed("cursors", "page", b"message", kid, signed_elsewhere)


def test_unknown_keys_do_not_cause_many_reads_of_the_secret(aws: MemoryAws) -> None:
    with clock.stop_at(NOW):
        for number in range(100):
            assert signing_keys.find_key("cursors", f"{number:08x}") is None
    assert len(aws.calls) == 2


def test_keys_are_read_once_in_five_minutes(aws: MemoryAws) -> None:
    for moment in (NOW, NOW + 100, NOW + 299):
        with clock.stop_at(moment):
            signing_keys.sign("cursors", "page", b"message")
    assert aws.calls == ["secretsmanager.GetSecretValue"]
    with clock.stop_at(NOW + 300):
        signing_keys.sign("cursors", "page", b"message")
    assert len(aws.calls) == 2
