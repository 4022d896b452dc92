import pytest

from auth.challenges import (
    allow_resend_on_failure,
    decoy_subject,
    find_challenge,
    new_challenge,
    renew,
    spend,
    try_code,
)
from auth.models import Challenge
from shared.clock import stop_at
from shared.dynamodb.tables import transaction
from shared.errors import DependencyUnavailable, InvalidOtp, OtpExpired, ResendTooSoon
from shared.ids import new_id
from tests.support.memory_aws import MemoryAws

SUBJECT = "01KAEJ8V0M3Z5Q9W2X7Y4T6R1B"


def stored_code() -> str:
    challenge, code = new_challenge("register", SUBJECT, SUBJECT)
    renew(challenge)
    return code


def attempt(code: str) -> Challenge:
    return try_code("register", SUBJECT, code, InvalidOtp())


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_is_six_digits_and_is_not_stored(aws: MemoryAws) -> None:
    codes = {stored_code_of(new_id()) for _ in range(20)}
    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(codes) > 1
    stored = str(aws.dynamo.items("hoshi-challenges"))
    assert not [code for code in codes if f"'{code}'" in stored]


def stored_code_of(subject: str) -> str:
    challenge, code = new_challenge("register", subject, subject)
    renew(challenge)
    return code


@pytest.mark.usefixtures("aws")
def test_the_right_code_works_once() -> None:
    code = stored_code()
    challenge = attempt(code)
    with transaction() as write:
        spend(write, challenge, InvalidOtp())
    with pytest.raises(InvalidOtp):
        attempt(code)
    with pytest.raises(InvalidOtp), transaction() as write:
        spend(write, challenge, InvalidOtp())


@pytest.mark.usefixtures("aws")
def test_the_fifth_try_is_the_last() -> None:
    code = stored_code()
    for _ in range(5):
        with pytest.raises(InvalidOtp):
            attempt(another(code))
    with pytest.raises(InvalidOtp):
        attempt(code)


@pytest.mark.usefixtures("aws")
def test_the_fifth_try_may_be_right() -> None:
    code = stored_code()
    for _ in range(4):
        with pytest.raises(InvalidOtp):
            attempt(another(code))
    assert attempt(code).user_id == SUBJECT


@pytest.mark.usefixtures("aws")
def test_only_the_right_code_is_answered_with_too_late(noon: float) -> None:
    code = stored_code()
    with stop_at(noon + 599.9):
        assert attempt(code)
    with stop_at(noon + 600):
        with pytest.raises(OtpExpired):
            attempt(code)
        with pytest.raises(InvalidOtp):
            attempt(another(code))
    with stop_at(noon + 24 * 3600), pytest.raises(InvalidOtp):
        attempt(code)


@pytest.mark.usefixtures("aws")
def test_a_code_is_bound_to_purpose_and_subject() -> None:
    code = stored_code()
    with pytest.raises(InvalidOtp):
        try_code("two_factor", SUBJECT, code, InvalidOtp())
    stolen = find_challenge("register", SUBJECT)
    assert stolen
    for purpose, subject in (("two_factor", SUBJECT), ("register", new_id())):
        stolen.challenge = f"{purpose}#{subject}"
        stolen.save()
        with pytest.raises(InvalidOtp):
            try_code(purpose, subject, code, InvalidOtp())  # type: ignore[arg-type]


@pytest.mark.usefixtures("aws")
def test_a_new_code_replaces_the_older_and_is_sent_once_a_minute(noon: float) -> None:
    older = stored_code()
    with stop_at(noon + 59.9), pytest.raises(ResendTooSoon):
        stored_code()
    with stop_at(noon + 60):
        newer = stored_code()
        if newer != older:
            with pytest.raises(InvalidOtp):
                attempt(older)
        assert attempt(newer)


@pytest.mark.usefixtures("aws")
def test_a_code_that_has_been_replaced_is_not_spent(noon: float) -> None:
    challenge = attempt(stored_code())
    with stop_at(noon + 60):
        stored_code()
    with pytest.raises(InvalidOtp), transaction() as write:
        spend(write, challenge, InvalidOtp())


def test_a_decoy_is_the_same_in_any_case_and_hides_the_address() -> None:
    decoy = decoy_subject("yuki@example.com")
    assert decoy == decoy_subject("Yuki@Example.com ") != decoy_subject("yuki@example.org")
    assert "yuki" not in decoy


@pytest.mark.usefixtures("aws")
def test_a_mail_that_failed_raises_even_if_its_code_was_renewed() -> None:
    older, _ = new_challenge("register", SUBJECT, SUBJECT)
    renewed, _ = new_challenge("register", SUBJECT, SUBJECT)
    renewed.save()
    with pytest.raises(DependencyUnavailable), allow_resend_on_failure(older):
        raise DependencyUnavailable
    kept = find_challenge("register", SUBJECT)
    assert kept is not None and kept.sent_at == renewed.sent_at, "it may not be requested at once"
