"""What proves who a person is: the number of an identity card, and a picture of the face.

Both are encrypted with the KMS key `<stack>-verification`. Every Lambda of moderation may encrypt
with it; only the role of `list_verifications` may decrypt (infra/access.yaml), and the key's own
policy refuses everyone else. KMS binds the card number to its request: elsewhere it does not open.

The picture is a copy without metadata below `verification/`, a prefix that no other service may
read. The upload that it was made of is deleted with the request, so that no URL leads to it.
"""

import base64

from media.public import Upload, stored_media
from moderation.verification_models import Verification
from shared.aws.clients import client
from shared.aws.media_urls import sign_url
from shared.clock import now
from shared.config import config

_URL_LIFE = 900  # seconds, at least; twice as long at most


def seal_card(request: Verification, number: str) -> None:
    """Encrypt the card number into the request."""
    answer = client("kms").encrypt(
        KeyId=_key(), Plaintext=number.encode(), EncryptionContext=_context(request)
    )
    request.sealed_card = base64.b64encode(answer["CiphertextBlob"]).decode()
    request.card_ending = number[-min(4, len(number) // 2) :]


def open_card(request: Verification) -> str:
    """The card number of a pending request, for an administrator."""
    answer = client("kms").decrypt(
        KeyId=_key(),
        CiphertextBlob=base64.b64decode(request.sealed_card),
        EncryptionContext=_context(request),
    )
    number: str = answer["Plaintext"].decode()
    return number


def keep_picture(request: Verification, upload: Upload) -> None:
    """Copy the picture of a processed upload to where only administrators are shown it."""
    request.picture_key = f"verification/{request.request_id}"
    original = stored_media(upload)["original"]
    client("s3").copy_object(
        Bucket=config.media_bucket,
        Key=request.picture_key,
        CopySource={"Bucket": config.media_bucket, "Key": original},
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=_key(),
        BucketKeyEnabled=False,  # a bucket key would open the picture without asking KMS
    )


def remove_picture(picture_key: str) -> None:
    """Delete a picture; one that is gone is ignored."""
    client("s3").delete_object(Bucket=config.media_bucket, Key=picture_key)


def picture_url(request: Verification) -> str:
    """A URL of the picture for an administrator, valid for 15 to 30 minutes."""
    return sign_url(request.picture_key, ends=int(now() // _URL_LIFE + 2) * _URL_LIFE)


def _key() -> str:
    return f"alias/{config.stack}-verification"


def _context(request: Verification) -> dict[str, str]:
    return {"user_id": request.user_id, "request_id": request.request_id}
