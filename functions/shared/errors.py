"""One class per error code of docs/api.md, raised where the fact is known; the kernel makes the answer
of it.

HoshiError
Malformed     400
Unidentified  401
Forbidden     403
NotFound      404
Conflict      409
Gone          410
TooManyRequests 429
Unavailable   503
    ... one class per code below each
InvalidInput  400 (with `details`)   MethodNotAllowed 405   PayloadTooLarge 413
UnsupportedMediaType 415             RateLimited, ResendTooSoon 429   InternalError 500
"""

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from shared.access.budgets import Budget


class HoshiError(Exception):
    """What a client did, or met, that ends its request: `status`, `code` and a `sentence` for
    people.

    A sentence given to the constructor replaces the class's. `headers` go onto the answer.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    sentence: str = "Something went wrong on our side."

    def __init__(self, sentence: str | None = None, **headers: str) -> None:
        super().__init__(sentence or self.sentence)
        self.sentence = sentence or self.sentence
        self.headers = {_header_name(name): value for name, value in headers.items()}

    def body(self, request_id: str) -> dict[str, Any]:
        """The answer's body (docs/api.md section 1)."""
        return {"error": self.sentence, "code": self.code, "request_id": request_id}

    def log_fields(self) -> dict[str, Any]:
        """What a log line says about this error."""
        return {"code": self.code}


def _header_name(argument: str) -> str:
    """The header of a constructor's argument: `retry_after` is `Retry-After`."""
    return "-".join(word[:1].upper() + word[1:] for word in argument.split("_"))


class InternalError(HoshiError):
    """A bug of ours."""


class Malformed(HoshiError):
    """What was sent cannot be taken."""

    status = 400


class InvalidJson(Malformed):
    code = "invalid_json"
    sentence = "The body is not a JSON object."


class InvalidCursor(Malformed):
    code = "invalid_cursor"
    sentence = "This cursor is not valid for this list."


class CaptchaFailed(Malformed):
    code = "captcha_failed"
    sentence = "The captcha was not solved."


class UserExists(Malformed):
    code = "user_exists"
    sentence = "User already exists"


class InvalidOtp(Malformed):
    code = "invalid_otp"
    sentence = "This code is not valid."


class InvalidResetToken(Malformed):
    code = "invalid_reset_token"
    sentence = "This link is not valid any more."


class PasswordReused(Malformed):
    code = "password_reused"
    sentence = "The new password must differ from the old one."


class InvalidOauthCode(Malformed):
    code = "invalid_oauth_code"
    sentence = "The sign-in code is not valid."


class InvalidOauthState(Malformed):
    code = "invalid_oauth_state"
    sentence = "This sign-in was not started here, or has ended."


class InvalidUnsubscribeToken(Malformed):
    code = "invalid_unsubscribe_token"
    sentence = "This unsubscribe link is not valid."


class CannotFollowSelf(Malformed):
    code = "cannot_follow_self"
    sentence = "You cannot follow yourself."


class CannotBlockSelf(Malformed):
    code = "cannot_block_self"
    sentence = "You cannot block yourself."


class NotAGroup(Malformed):
    code = "not_a_group"
    sentence = "This conversation is not a group."


class UnknownAction(Malformed):
    code = "unknown_action"
    sentence = "This action is not known."


class Unidentified(HoshiError):
    """Who calls is not established."""

    status = 401


class Unauthorized(Unidentified):
    code = "unauthorized"
    sentence = "A valid token is needed."


class InvalidCredentials(Unidentified):
    code = "invalid_credentials"
    sentence = "The name or the password is wrong."


class InvalidTwoFactorCode(Unidentified):
    code = "invalid_2fa_code"
    sentence = "This code is not valid."


class InvalidRefreshToken(Unidentified):
    code = "invalid_refresh_token"
    sentence = "This refresh token is not valid any more."


class Forbidden(HoshiError):
    """The caller is known, and may not."""

    status = 403


class EmailNotVerified(Forbidden):
    code = "email_not_verified"
    sentence = "Verify your e-mail address first."


class AccountBanned(Forbidden):
    code = "account_banned"
    sentence = "This account is banned."


class AccountDeleted(Forbidden):
    code = "account_deleted"
    sentence = "This account is being deleted. Log in with restore to keep it."


class AdminOnly(Forbidden):
    code = "admin_only"
    sentence = "Only administrators may do this."


class NotOwner(Forbidden):
    code = "not_owner"
    sentence = "Only the owner may do this."


class NotGroupAdmin(Forbidden):
    code = "not_group_admin"
    sentence = "Only an admin of the group may do this."


class WrongPassword(Forbidden):
    code = "wrong_password"
    sentence = "The password is wrong."


class AccountPrivate(Forbidden):
    code = "account_private"
    sentence = "This account is private."


class CommentsDisabled(Forbidden):
    code = "comments_disabled"
    sentence = "This post does not take comments from you."


class MessageNotAllowed(Forbidden):
    code = "message_not_allowed"
    sentence = "This person does not take messages from you."


class DefaultCollection(Forbidden):
    code = "default_collection"
    sentence = "The default collection cannot be changed."


class CannotBanAdmin(Forbidden):
    code = "cannot_ban_admin"
    sentence = "Administrators cannot be banned."


class UnsendWindowPassed(Forbidden):
    code = "unsend_window_passed"
    sentence = "It is too late to unsend this message."


class NotFound(HoshiError):
    """It does not exist, or not for this caller."""

    status = 404


class RouteNotFound(NotFound):
    code = "route_not_found"
    sentence = "There is nothing at this address."


class UserNotFound(NotFound):
    code = "user_not_found"
    sentence = "User not found"


class PostNotFound(NotFound):
    code = "post_not_found"
    sentence = "Post not found"


class CommentNotFound(NotFound):
    code = "comment_not_found"
    sentence = "Comment not found"


class StoryNotFound(NotFound):
    code = "story_not_found"
    sentence = "Story not found"


class HighlightNotFound(NotFound):
    code = "highlight_not_found"
    sentence = "Highlight not found"


class ConversationNotFound(NotFound):
    code = "conversation_not_found"
    sentence = "Conversation not found"


class MessageNotFound(NotFound):
    code = "message_not_found"
    sentence = "Message not found"


class CollectionNotFound(NotFound):
    code = "collection_not_found"
    sentence = "Collection not found"


class NotificationNotFound(NotFound):
    code = "notification_not_found"
    sentence = "Notification not found"


class UploadNotFound(NotFound):
    code = "upload_not_found"
    sentence = "Upload not found"


class ReportNotFound(NotFound):
    code = "report_not_found"
    sentence = "Report not found"


class RequestNotFound(NotFound):
    code = "request_not_found"
    sentence = "Request not found"


class SessionNotFound(NotFound):
    code = "session_not_found"
    sentence = "Session not found"


class Conflict(HoshiError):
    """It contradicts what is there."""

    status = 409


class UsernameTaken(Conflict):
    code = "username_taken"
    sentence = "This username is taken."


class EmailTaken(Conflict):
    code = "email_taken"
    sentence = "This e-mail address is taken."


class AlreadyVerified(Conflict):
    code = "already_verified"
    sentence = "This account is verified already."


class AlreadyFollowing(Conflict):
    code = "already_following"
    sentence = "Already following"


class DateOfBirthSet(Conflict):
    code = "date_of_birth_set"
    sentence = "The date of birth cannot be changed."


class UploadNotReady(Conflict):
    code = "upload_not_ready"
    sentence = "This upload is not ready yet."


class UploadInUse(Conflict):
    code = "upload_in_use"
    sentence = "This upload is in use."


class AlreadyParticipant(Conflict):
    code = "already_participant"
    sentence = "This person is in the conversation already."


class LimitReached(Conflict):
    code = "limit_reached"
    sentence = "There are as many of these as there may be."


class AlreadyResolved(Conflict):
    code = "already_resolved"
    sentence = "This has been resolved already."


class VerificationPending(Conflict):
    code = "verification_pending"
    sentence = "A request is pending already."


class AlreadyHasBadge(Conflict):
    code = "already_has_badge"
    sentence = "This account has its badge already."


class IdempotencyKeyReused(Conflict):
    code = "idempotency_key_reused"
    sentence = "This Idempotency-Key was used for another request."


class IdempotencyInProgress(Conflict):
    code = "idempotency_in_progress"
    sentence = "The first request with this Idempotency-Key is still running."


class Gone(HoshiError):
    """It was there, and its time is over."""

    status = 410


class OtpExpired(Gone):
    code = "otp_expired"
    sentence = "This code has expired."


class StoryExpired(Gone):
    code = "story_expired"
    sentence = "This story has expired."


class Unavailable(HoshiError):
    """Something that this needs does not answer."""

    status = 503


class DependencyUnavailable(Unavailable):
    code = "dependency_unavailable"
    sentence = "A service that this needs does not answer. Try again soon."


class FeatureDisabled(Unavailable):
    code = "feature_disabled"
    sentence = "This feature is switched off here."


class AiUnavailable(Unavailable):
    code = "ai_unavailable"
    sentence = "The assistant does not answer. Try again later."


class InvalidInput(Malformed):
    """A field breaks its bound. `details` names each: `{"field": ..., "error": ...}`."""

    code = "invalid_input"
    sentence = "Some fields are not valid."

    def __init__(self, *details: tuple[str, str]) -> None:
        super().__init__()
        self.details = [{"field": field, "error": error} for field, error in details]

    def body(self, request_id: str) -> dict[str, Any]:
        return {**super().body(request_id), "details": self.details}


class MethodNotAllowed(HoshiError):
    status = 405
    code = "method_not_allowed"
    sentence = "This address does not take this method."


class PayloadTooLarge(HoshiError):
    status = 413
    code = "payload_too_large"
    sentence = "This is larger than it may be."


class UnsupportedMediaType(HoshiError):
    status = 415
    code = "unsupported_media_type"
    sentence = "This type of content is not taken here."


class TooManyRequests(HoshiError):
    """A budget has no room for this call; `Retry-After` says in how many seconds it may have.

    `refused_by` is that budget, for the log.
    """

    status = 429

    def __init__(
        self, sentence: str | None = None, *, refused_by: "Budget | None" = None, **headers: str
    ) -> None:
        super().__init__(sentence, **headers)
        self.refused_by = refused_by

    def log_fields(self) -> dict[str, Any]:
        budget = {"refused_by": self.refused_by.log_fields()} if self.refused_by else {}
        return {**super().log_fields(), **budget}


class RateLimited(TooManyRequests):
    code = "rate_limited"
    sentence = "Too many requests. Try again later."


class ResendTooSoon(TooManyRequests):
    code = "resend_too_soon"
    sentence = "A code was sent a moment ago. Wait before you ask for another."
