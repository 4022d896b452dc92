"""Access tokens and refresh tokens: only those that we issued, and only while they are valid."""

import base64
import json
from dataclasses import replace
from typing import Any

import jwt
import pytest

from shared import clock
from shared.access import tokens
from shared.access.caller import Caller
from shared.access.tokens import RefreshToken, make_token, read_token
from shared.errors import InvalidRefreshToken, Unauthorized
from tests.support.memory_aws import MemoryAws

NOW = 1_767_614_400.0
DAY = 24 * 3600
KEY = "t" * 64


@pytest.fixture(autouse=True)
def stopped(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, and a stopped clock."""


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def signed(token: str, change: dict[str, Any], key: str = KEY, **header: Any) -> str:
    """`token` with other claims (None removes one), signed again."""
    claims = {**claims_of(token), **change}
    claims = {name: value for name, value in claims.items() if value is not None}
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims, key, algorithm="HS256", headers={"kid": kid, **header})


def test_a_token_identifies_its_caller(caller: Caller) -> None:
    assert read_token(make_token(caller)) == caller
    unverified = replace(caller, scope="unverified", role="admin")
    assert read_token(make_token(unverified)) == unverified


def test_a_token_has_the_documented_claims_and_a_life_of_24_hours(caller: Caller) -> None:
    claims = claims_of(make_token(caller))
    assert {"sub", "username", "sid", "role", "scope", "iat", "exp", "jti"} <= set(claims)
    assert claims["exp"] - claims["iat"] == DAY


@pytest.mark.parametrize(
    ("age", "valid"), [(-60, True), (-61, False), (DAY - 1, True), (DAY, False)]
)
def test_a_token_is_valid_from_a_minute_before_its_issue_until_it_expires(
    caller: Caller, age: int, valid: bool
) -> None:
    token = make_token(caller)
    with clock.stop_at(NOW + age):
        if valid:
            assert read_token(token) == caller
        else:
            with pytest.raises(Unauthorized):
                read_token(token)


def test_every_change_of_a_character_of_the_claims_breaks_the_signature(caller: Caller) -> None:
    token = make_token(caller)
    start, end = token.index(".") + 1, token.rindex(".")
    for position in range(start, end):
        other = "A" if token[position] != "A" else "B"
        with pytest.raises(Unauthorized):
            read_token(token[:position] + other + token[position + 1 :])


CLAIMS = ["iss", "aud", "sub", "username", "sid", "role", "scope", "iat", "exp", "jti"]


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_is_required_even_with_the_right_key(caller: Caller, claim: str) -> None:
    assert set(claims_of(make_token(caller))) == set(CLAIMS)
    with pytest.raises(Unauthorized):
        read_token(signed(make_token(caller), {claim: None}))


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "elsewhere"},
        {"aud": ["hoshi"]},
        {"aud": ["hoshi", "elsewhere"]},
        {"iss": "staging"},
        {"sub": 7},
        {"jti": 7},
        {"exp": "tomorrow"},
        {"exp": int(NOW)},
        {"exp": int(NOW) - 59},
        {"iat": "today"},
        {"iat": int(NOW) + 61},
        {"nbf": "today"},
        {"nbf": int(NOW) + 61},
    ],
    ids=str,
)
def test_a_wrong_claim_is_refused_even_with_the_right_key(
    caller: Caller, change: dict[str, Any]
) -> None:
    with pytest.raises(Unauthorized):
        read_token(signed(make_token(caller), change))


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_two_clocks_may_differ_by_a_minute(caller: Caller, claim: str) -> None:
    assert read_token(signed(make_token(caller), {claim: int(NOW) + 60})) == caller


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{", b"[" * 6000])
def test_claims_that_are_no_object_are_refused(caller: Caller, payload: bytes) -> None:
    kid = jwt.get_unverified_header(make_token(caller))["kid"]
    with pytest.raises(Unauthorized):
        read_token(jwt.PyJWS().encode(payload, KEY, "HS256", headers={"kid": kid}))


def test_another_key_is_refused_whatever_id_it_claims(caller: Caller) -> None:
    with pytest.raises(Unauthorized):
        read_token(signed(make_token(caller), {}, key="f" * 64))


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"typ": "at+jwt"}, {"b64": False}], ids=str)
def test_a_header_that_we_do_not_write_is_refused_even_with_the_right_key(
    caller: Caller, header: dict[str, Any]
) -> None:
    with pytest.raises(Unauthorized):
        read_token(signed(make_token(caller), {}, **header))


@pytest.mark.parametrize("header", ["[" * 6000, "7", "null", '"kid"', "{"])
def test_a_header_that_is_no_object_is_refused(header: str) -> None:
    encoded = base64.urlsafe_b64encode(header.encode()).decode().rstrip("=")
    with pytest.raises(Unauthorized):
        read_token(f"{encoded}.e30.e30")


def test_no_signature_is_refused(caller: Caller) -> None:
    token = make_token(caller)
    header = {"alg": "none", "typ": "JWT", "kid": jwt.get_unverified_header(token)["kid"]}
    unsigned = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    _, claims, signature = token.split(".")
    for end in ("", signature):
        with pytest.raises(Unauthorized):
            read_token(f"{unsigned}.{claims}.{end}")


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused_even_with_the_right_key(
    caller: Caller, algorithm: str
) -> None:
    token = make_token(caller)
    kid = jwt.get_unverified_header(token)["kid"]
    other = jwt.encode(claims_of(token), KEY * 2, algorithm=algorithm, headers={"kid": kid})
    with pytest.raises(Unauthorized):
        read_token(other)


@pytest.mark.parametrize("kid", [None, "", "00000000", "../tokens"])
def test_an_unknown_key_id_is_refused(caller: Caller, kid: str | None) -> None:
    claims = claims_of(make_token(caller))
    with pytest.raises(Unauthorized):
        read_token(jwt.encode(claims, KEY, headers={"kid": kid} if kid is not None else {}))


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "eyJhbGciOiJIUzI1NiJ9", "ü.ü.ü", "x" * 9000]
)
def test_anything_but_a_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthorized):
        read_token(token)


def test_a_rotation_of_the_keys_ends_no_session(aws: MemoryAws, caller: Caller) -> None:
    old = make_token(caller)
    refresh = RefreshToken(caller.user_id, caller.session_id, 3).to_text()
    aws.secrets["hoshi/tokens"] = {"current": "n" * 64, "previous": KEY}
    with clock.stop_at(NOW + 301):
        new = make_token(caller)
        assert read_token(old) == read_token(new) == caller
        assert RefreshToken.from_text(refresh).generation == 3
        kids = {jwt.get_unverified_header(token)["kid"] for token in (old, new)}
    assert len(kids) == 2


def test_a_token_of_a_key_that_was_rotated_out_is_refused(aws: MemoryAws, caller: Caller) -> None:
    old = make_token(caller)
    aws.secrets["hoshi/tokens"] = {"current": "n" * 64, "previous": "m" * 64}
    with clock.stop_at(NOW + 301), pytest.raises(Unauthorized):
        read_token(old)


def test_a_refresh_token_names_its_session_and_generation(caller: Caller) -> None:
    token = RefreshToken(caller.user_id, caller.session_id, 41)
    assert RefreshToken.from_text(token.to_text()) == token
    assert caller.user_id not in token.to_text()


def test_a_changed_refresh_token_is_refused(caller: Caller) -> None:
    text = RefreshToken(caller.user_id, caller.session_id, 41).to_text()
    for position in range(len(text) - 1):
        other = "A" if text[position] != "A" else "B"
        with pytest.raises(InvalidRefreshToken):
            RefreshToken.from_text(text[:position] + other + text[position + 1 :])


@pytest.mark.parametrize("text", ["", "a", "ü", "AAAA", "A" * 200, "*" * 80, "=" * 40])
def test_anything_but_a_refresh_token_is_refused(text: str) -> None:
    with pytest.raises(InvalidRefreshToken):
        RefreshToken.from_text(text)


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(caller: Caller) -> None:
    refresh = RefreshToken(caller.user_id, caller.session_id, 1).to_text()
    with pytest.raises(Unauthorized):
        read_token(refresh)
    with pytest.raises(InvalidRefreshToken):
        RefreshToken.from_text(tokens.make_token(caller))
