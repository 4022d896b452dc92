"""The error codes of the API: each has exactly one class, with the status that is documented."""

from collections.abc import Iterator

import pytest

from shared import errors
from shared.access.budgets import Budget
from shared.errors import HoshiError, InvalidInput, RateLimited, TooManyRequests

# docs/api.md section 6, without the codes that appear only in uploads.
DOCUMENTED = {
    400: """invalid_json invalid_input invalid_cursor captcha_failed user_exists
        invalid_otp invalid_reset_token password_reused invalid_oauth_code invalid_oauth_state
        invalid_unsubscribe_token cannot_follow_self cannot_block_self not_a_group
        unknown_action""",
    401: "unauthorized invalid_credentials invalid_2fa_code invalid_refresh_token",
    403: """email_not_verified account_banned account_deleted admin_only not_owner not_group_admin
        wrong_password account_private comments_disabled message_not_allowed default_collection
        cannot_ban_admin unsend_window_passed sharing_not_allowed reauthentication_required""",
    404: """route_not_found user_not_found post_not_found comment_not_found story_not_found
        highlight_not_found conversation_not_found message_not_found collection_not_found
        notification_not_found upload_not_found report_not_found request_not_found
        session_not_found newsletter_not_found strike_not_found appeal_not_found""",
    405: "method_not_allowed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    409: """username_taken email_taken already_verified already_following not_following
        date_of_birth_set upload_not_ready upload_in_use already_participant limit_reached
        already_resolved already_appealed verification_pending already_has_badge
        idempotency_key_reused idempotency_in_progress""",
    410: "otp_expired story_expired appeal_window_passed",
    429: "rate_limited resend_too_soon",
    500: "internal_error",
    503: "dependency_unavailable feature_disabled ai_unavailable",
}
STATUS_OF = {code: status for status, codes in DOCUMENTED.items() for code in codes.split()}


def _classes(of: type[HoshiError] = HoshiError) -> Iterator[type[HoshiError]]:
    for each in of.__subclasses__():
        if each.__module__ == errors.__name__:
            yield each
            yield from _classes(each)


# The classes that are raised; a class with subclasses only groups them.
RAISED = [each for each in _classes() if not list(_classes(each))]


def test_every_documented_code_has_a_class_with_its_status_and_no_other_is_raised() -> None:
    assert {each.code: each.status for each in RAISED} == STATUS_OF


def test_no_two_classes_share_a_code() -> None:
    assert len({each.code for each in RAISED}) == len(RAISED)


@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: kind.code)
def test_every_class_has_a_sentence_of_its_own(kind: type[HoshiError]) -> None:
    same = [each for each in RAISED if each.sentence == kind.sentence and each is not kind]
    # To a person, both kinds of code are the same.
    assert {each.code for each in same} <= {"invalid_2fa_code", "invalid_otp"}
    assert kind.sentence[0].isupper()


def test_a_body_has_the_shape_of_every_error() -> None:
    assert errors.PostNotFound().body("r-1") == {
        "error": "Post not found",
        "code": "post_not_found",
        "request_id": "r-1",
    }


def test_invalid_input_names_the_fields() -> None:
    problem = InvalidInput(("name", "Too short."), ("tags.3", "Too long."))
    assert problem.body("r-1")["details"] == [
        {"field": "name", "error": "Too short."},
        {"field": "tags.3", "error": "Too long."},
    ]


def test_a_sentence_and_headers_may_be_given() -> None:
    problem = RateLimited("Slow down.", retry_after="7")
    assert problem.body("r")["error"] == str(problem) == "Slow down."
    assert problem.headers == {"Retry-After": "7"}
    assert problem.log_fields() == {"code": "rate_limited"}


@pytest.mark.parametrize("kind", [each for each in RAISED if each.status == 429])
def test_a_refusal_carries_its_budget(kind: type[TooManyRequests]) -> None:
    problem = kind(refused_by=Budget("user#u", "posts", 5, seconds=60), retry_after="7")
    assert problem.headers == {"Retry-After": "7"}
    assert "refused_by" not in problem.body("r")
    assert problem.log_fields() == {
        "code": kind.code,
        "refused_by": {
            "subject": "user",
            "user_id": "u",
            "scope": "posts",
            "limit": 5,
            "per_seconds": 60,
        },
    }
