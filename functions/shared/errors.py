"""One class per error code of docs/api.md: raised where the fact is known, answered by `endpoint`.

HoshiError
Malformed        400
Unidentified     401
Forbidden        403
NotFound         404
Conflict         409
Gone             410
TooManyRequests  429
Unavailable      503
    … one class per code below each
InvalidInput 400 (with `details`) · MethodNotAllowed 405 · PayloadTooLarge 413
UnsupportedMediaType 415 · InternalError 500
"""

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from shared.access.budgets import Budget


class HoshiError(Exception):
    """An error that ends a request, with its `status`, `code` and a `sentence` for people.

    A sentence given to the constructor replaces the class's. `headers` are added to the response:
    `retry_after="5"` is `Retry-After: 5`.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    sentence: str = "Something went wrong on our side."

    def __init__(self, sentence: str | None = None, **headers: str) -> None:
        super().__init__(sentence or self.sentence)
        self.sentence = sentence or self.sentence
        self.headers = {_header_name(name): value for name, value in headers.items()}

    def body(self, request_id: str) -> dict[str, Any]:
        """The response body (docs/api.md section 1)."""
        return {"error": self.sentence, "code": self.code, "request_id": request_id}

    def log_fields(self) -> dict[str, Any]:
        """What a log line says about this error."""
        return {"code": self.code}


def _header_name(argument: str) -> str:
    """The header for a keyword argument: `Retry-After` for `retry_after`."""
    return "-".join(word[:1].upper() + word[1:] for word in argument.split("_"))


class InternalError(HoshiError):
    """A bug of ours."""


class Malformed(HoshiError):
    """The request is not acceptable as it was sent."""

    status = 400


class InvalidJson(Malformed):
    code = "invalid_json"
    sentence = "The request body must be a JSON object."


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
    sentence = "This reset link is invalid or has expired."


class PasswordReused(Malformed):
    code = "password_reused"
    sentence = "The new password must differ from the old one."


class InvalidOauthCode(Malformed):
    code = "invalid_oauth_code"
    sentence = "The sign-in code is not valid."


class InvalidOauthState(Malformed):
    code = "invalid_oauth_state"
    sentence = "This sign-in is unknown or has expired."


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
    sentence = "This action does not exist."


class Unidentified(HoshiError):
    """The caller is not authenticated."""

    status = 401


class Unauthorized(Unidentified):
    code = "unauthorized"
    sentence = "A valid access token is required."


class InvalidCredentials(Unidentified):
    code = "invalid_credentials"
    sentence = "The username, e-mail address or password is wrong."


class InvalidTwoFactorCode(Unidentified):
    code = "invalid_2fa_code"
    sentence = "This code is not valid."


class InvalidRefreshToken(Unidentified):
    code = "invalid_refresh_token"
    sentence = "This refresh token is no longer valid."


class Forbidden(HoshiError):
    """The caller is authenticated, but lacks the permission."""

    status = 403


class EmailNotVerified(Forbidden):
    code = "email_not_verified"
    sentence = "Verify your e-mail address first."


class AccountBanned(Forbidden):
    """The account is banned. `appeal_token` goes to the one who has just proved to be its owner."""

    code = "account_banned"
    sentence = "This account is banned."

    def __init__(self, appeal_token: str | None = None) -> None:
        super().__init__()
        self.appeal_token = appeal_token

    def body(self, request_id: str) -> dict[str, Any]:
        token = {"appeal_token": self.appeal_token} if self.appeal_token else {}
        return {**super().body(request_id), **token}


class AccountDeleted(Forbidden):
    code = "account_deleted"
    sentence = "This account is scheduled for deletion. Log in with `restore` to keep it."


class AdminOnly(Forbidden):
    code = "admin_only"
    sentence = "Only administrators may do this."


class ReauthenticationRequired(Forbidden):
    code = "reauthentication_required"
    sentence = "Confirm who you are first (POST /auth/reauthenticate)."


class NotOwner(Forbidden):
    code = "not_owner"
    sentence = "Only the owner may do this."


class NotGroupAdmin(Forbidden):
    code = "not_group_admin"
    sentence = "Only admins of the group may do this."


class WrongPassword(Forbidden):
    code = "wrong_password"
    sentence = "The password is wrong."


class AccountPrivate(Forbidden):
    code = "account_private"
    sentence = "This account is private."


class CommentsDisabled(Forbidden):
    code = "comments_disabled"
    sentence = "You cannot comment on this post."


class MessageNotAllowed(Forbidden):
    code = "message_not_allowed"
    sentence = "You cannot send messages to this person."


class DefaultCollection(Forbidden):
    code = "default_collection"
    sentence = "The default collection cannot be changed."


class CannotBanAdmin(Forbidden):
    code = "cannot_ban_admin"
    sentence = "Administrators cannot be banned."


class SharingNotAllowed(Forbidden):
    code = "sharing_not_allowed"
    sentence = "You cannot add this story to yours."


class UnsendWindowPassed(Forbidden):
    code = "unsend_window_passed"
    sentence = "It is too late to unsend this message."


class NotFound(HoshiError):
    """The resource does not exist, or is not visible to the caller."""

    status = 404


class RouteNotFound(NotFound):
    code = "route_not_found"
    sentence = "This path does not exist."


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


class NewsletterNotFound(NotFound):
    code = "newsletter_not_found"
    sentence = "Newsletter not found"


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


class StrikeNotFound(NotFound):
    code = "strike_not_found"
    sentence = "Strike not found"


class AppealNotFound(NotFound):
    code = "appeal_not_found"
    sentence = "Appeal not found"


class RequestNotFound(NotFound):
    code = "request_not_found"
    sentence = "Request not found"


class SessionNotFound(NotFound):
    code = "session_not_found"
    sentence = "Session not found"


class Conflict(HoshiError):
    """The request contradicts the present state."""

    status = 409


class UsernameTaken(Conflict):
    code = "username_taken"
    sentence = "This username is taken."


class EmailTaken(Conflict):
    code = "email_taken"
    sentence = "This e-mail address is taken."


class AlreadyVerified(Conflict):
    code = "already_verified"
    sentence = "This account is already verified."


class AlreadyFollowing(Conflict):
    code = "already_following"
    sentence = "Already following"


class NotFollowing(Conflict):
    code = "not_following"
    sentence = "You do not follow this account."


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
    sentence = "This person is already in the conversation."


class LimitReached(Conflict):
    code = "limit_reached"
    sentence = "The maximum number of these is reached."


class AlreadyResolved(Conflict):
    code = "already_resolved"
    sentence = "This has already been resolved."


class AlreadyAppealed(Conflict):
    code = "already_appealed"
    sentence = "This decision has been appealed already."


class VerificationPending(Conflict):
    code = "verification_pending"
    sentence = "A request is already pending."


class AlreadyHasBadge(Conflict):
    code = "already_has_badge"
    sentence = "This account already has its badge."


class IdempotencyKeyReused(Conflict):
    code = "idempotency_key_reused"
    sentence = "This Idempotency-Key was used for a different request."


class IdempotencyInProgress(Conflict):
    code = "idempotency_in_progress"
    sentence = "The first request with this Idempotency-Key is still running."


class Gone(HoshiError):
    """The resource existed and has expired."""

    status = 410


class OtpExpired(Gone):
    code = "otp_expired"
    sentence = "This code has expired."


class StoryExpired(Gone):
    code = "story_expired"
    sentence = "This story has expired."


class AppealWindowPassed(Gone):
    code = "appeal_window_passed"
    sentence = "It is too late to appeal this decision."


class Unavailable(HoshiError):
    """Something that the request needs is not available."""

    status = 503


class DependencyUnavailable(Unavailable):
    code = "dependency_unavailable"
    sentence = "A required service is not available. Try again soon."


class FeatureDisabled(Unavailable):
    code = "feature_disabled"
    sentence = "This feature is disabled."


class AiUnavailable(Unavailable):
    code = "ai_unavailable"
    sentence = "The assistant is not available. Try again later."


class InvalidInput(Malformed):
    """Fields that are not valid; `details` names each: `{"field": …, "error": …}`."""

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
    sentence = "This path does not support this method."


class PayloadTooLarge(HoshiError):
    status = 413
    code = "payload_too_large"
    sentence = "The request body is too large."


class UnsupportedMediaType(HoshiError):
    status = 415
    code = "unsupported_media_type"
    sentence = "This content type is not supported."


class TooManyRequests(HoshiError):
    """The budget `refused_by`, which log lines show, is used up.

    `Retry-After` says in how many seconds the next call may succeed; for `resend_too_soon` it is
    always 60, at least as long as the wait. The frame `error` of a WebSocket has none.
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
    """`details` name the tier of the budget, and say whether a solved captcha would help."""

    code = "rate_limited"
    sentence = "Too many requests. Try again later."
    takes_captcha = False

    def body(self, request_id: str) -> dict[str, Any]:
        body = super().body(request_id)
        if self.refused_by:
            body["details"] = {**self.refused_by.details(), "captcha": self.takes_captcha}
        return body


class ResendTooSoon(TooManyRequests):
    code = "resend_too_soon"
    sentence = "A code was sent a moment ago. Wait before you ask for another."
