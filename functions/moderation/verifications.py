"""Verification requests: from the request to the decision.

A person has one item, their latest request, so that at most one is pending by construction. It
replaces a decided one, and one that nobody decided within 90 days, which counts as absent.
"""

from media.public import Upload, find_upload, take_away, upload_id_of
from moderation import audit, identity_papers
from moderation.verification_models import Verification
from shared.clock import now, timestamp
from shared.dynamodb.tables import in_parallel, query, transaction
from shared.errors import (
    AlreadyHasBadge,
    AlreadyResolved,
    Conflict,
    InvalidInput,
    NotFound,
    RequestNotFound,
    UploadNotFound,
    UploadNotReady,
    VerificationPending,
)
from shared.ids import is_id, new_id
from users.public import User, grant_badge, require_no_badge

_ACTIONS = {"approved": "approve_verification", "rejected": "reject_verification"}  # audit log
UNDECIDED_LIFE = 90 * 24 * 3600  # seconds until a request that nobody decided is deleted


def create_request(user: User, card_number: str, picture: str, reason: str) -> Verification:
    """Store a request of `user`; `picture` names the upload of the face picture.

    Raises `AlreadyHasBadge`, `VerificationPending`, `UploadNotFound`, `UploadNotReady`,
    `UploadInUse` or `InvalidInput`.
    """
    _check_may_request(user)
    upload = _face_picture(user.user_id, picture)
    moment = now()
    request = Verification(
        user.user_id,
        request_id=new_id(),
        reason=reason,
        created_at=timestamp(moment),
        expires_at=int(moment) + UNDECIDED_LIFE,
    )
    in_parallel(
        lambda: identity_papers.seal_card(request, card_number),
        lambda: identity_papers.keep_picture(request, upload),
    )
    try:
        _store(request, upload)
    except (Conflict, NotFound):
        # After any other failure the request may be stored. The bucket's lifecycle removes a
        # picture that no request has.
        identity_papers.remove_picture(request.picture_key)
        raise
    return request


def latest_request(user_id: str, consistent: bool = True) -> Verification | None:
    """The person's latest request, None if there is none that still exists."""
    found = Verification.find(user_id, consistent=consistent)
    return found if found and not has_expired(found) else None


def has_expired(request: Verification) -> bool:
    """Whether nobody decided the request in time. It may still be stored: TTL deletes late."""
    return bool(request.expires_at and request.expires_at <= now())


def approve(request_id: str, admin_id: str) -> Verification:
    """Give the person the badge. Raises `RequestNotFound` or `AlreadyResolved`."""
    return _decide(request_id, admin_id, "approved", None)


def reject(request_id: str, admin_id: str, reason: str) -> Verification:
    """Reject a request. Raises `RequestNotFound` or `AlreadyResolved`."""
    return _decide(request_id, admin_id, "rejected", reason)


def _check_may_request(user: User) -> None:
    if user.is_verified:
        raise AlreadyHasBadge
    latest = latest_request(user.user_id)
    if latest and latest.status == "pending":
        raise VerificationPending


def _face_picture(user_id: str, picture: str) -> Upload:
    upload_id = upload_id_of(picture)
    if upload_id is None:
        raise UploadNotFound
    upload = find_upload(upload_id, user_id)
    if upload.purpose != "verification":
        raise InvalidInput(("upload_id", "This upload was not made for a verification."))
    if upload.status != "ready":
        raise UploadNotReady
    return upload


def _store(request: Verification, upload: Upload) -> None:
    is_over = (Verification.status != "pending") | (Verification.expires_at <= int(now()))
    with transaction() as write:
        write.put(request, Verification.is_new() | is_over, otherwise=VerificationPending())
        require_no_badge(write, request.user_id, otherwise=AlreadyHasBadge())
        take_away(write, upload)


def _decide(request_id: str, admin_id: str, status: str, reason: str | None) -> Verification:
    request = _find(request_id)
    if request.status != "pending":
        raise AlreadyResolved
    resolved_at = timestamp()
    with transaction() as write:
        write.update(
            Verification(request.user_id),
            Verification.status.set(status),
            Verification.resolved_at.set(resolved_at),
            *([Verification.rejection_reason.set(reason)] if reason else []),
            Verification.sealed_card.remove(),
            Verification.card_ending.remove(),
            Verification.picture_key.remove(),
            Verification.expires_at.remove(),
            condition=(Verification.request_id == request_id) & (Verification.status == "pending"),
            otherwise=AlreadyResolved(),
        )
        if status == "approved":
            grant_badge(write, request.user_id, otherwise=RequestNotFound())
        target = ("verification", request_id)
        audit.record(write, admin_id, _ACTIONS[status], target, reason, user_id=request.user_id)
    request.status, request.resolved_at, request.rejection_reason = status, resolved_at, reason
    request.sealed_card = request.card_ending = request.picture_key = request.expires_at = None
    return request


def _find(request_id: str) -> Verification:
    """The request with this id; a later one of the same person has replaced it otherwise."""
    named, _ = query(Verification.by_request, request_id if is_id(request_id) else "-", limit=1)
    found = latest_request(named[0].user_id) if named else None
    if found is None or found.request_id != request_id:
        raise RequestNotFound
    return found
