"""The tables of auth: credentials, codes, sessions. Nothing in them can be logged in with."""

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute

from shared.dynamodb.tables import IntegerAttribute, Table, TableName

FIRST_REVISION = 1


class Credentials(Table):
    """What an account proves itself with."""

    class Meta:
        table_name = TableName("credentials")

    user_id = UnicodeAttribute(hash_key=True)
    password_hash = UnicodeAttribute(null=True)  # bcrypt; absent: logs in by a provider only
    # Counts the changes of password, second factor and address: what was begun before one ends with
    # it.
    revision = IntegerAttribute(default=FIRST_REVISION)
    two_factor_enabled = BooleanAttribute(default=False)
    pending_email = UnicodeAttribute(null=True)  # the address that waits to be confirmed,
    pending_until = IntegerAttribute(null=True)  # until then (epoch seconds)
    created_at = UnicodeAttribute()
    last_login_at = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute(null=True)  # epoch seconds; only while unverified


class Challenge(Table):
    """A code that was mailed to somebody, as an HMAC, and how often it may still be tried.
    That of a reset also holds the HMAC of a token, which does what the code does."""

    class Meta:
        table_name = TableName("challenges")

    challenge = UnicodeAttribute(hash_key=True)  # <purpose>#<subject>, see challenges.py
    user_id = UnicodeAttribute()
    key_id = UnicodeAttribute()
    digest = BinaryAttribute(legacy_encoding=False)  # absent: the code was traded for a token
    tries_left = IntegerAttribute()
    token_key_id = UnicodeAttribute(null=True)
    token_digest = BinaryAttribute(legacy_encoding=False, null=True)
    token_until = IntegerAttribute(null=True)  # epoch milliseconds
    email = UnicodeAttribute(null=True)  # that the code went to
    revision = IntegerAttribute(default=0)  # of the credentials that it was begun with
    restores = BooleanAttribute(default=False)  # this log-in undoes the deletion of its account
    sent_at = IntegerAttribute()  # epoch milliseconds
    valid_until = IntegerAttribute()  # epoch milliseconds
    expires_at = IntegerAttribute()  # epoch seconds; until then the right code is told it is late


class PendingAddress(Table):
    """Which account asked last for an e-mail address, next to the challenges."""

    class Meta:
        table_name = TableName("challenges")

    challenge = UnicodeAttribute(hash_key=True)  # change_email_to#<address>
    user_id = UnicodeAttribute()
    sent_at = IntegerAttribute()  # epoch milliseconds
    expires_at = IntegerAttribute()


class Session(Table):
    """One log-in on one device. Its access tokens name it, its refresh token is of `generation`."""

    class Meta:
        table_name = TableName("sessions")

    user_id = UnicodeAttribute(hash_key=True)
    session_id = UnicodeAttribute(range_key=True)
    generation = IntegerAttribute(default=1)
    device = UnicodeAttribute()
    ip = UnicodeAttribute()
    created_at = UnicodeAttribute()
    last_seen_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds: when its refresh token runs out


class OAuthState(Table):
    """A sign-in that began here and has not come back yet from the provider."""

    class Meta:
        table_name = TableName("oauth-states")

    state = UnicodeAttribute(hash_key=True)
    verifier = UnicodeAttribute()  # of PKCE: without it the provider's code is worth nothing
    nonce = UnicodeAttribute()  # that the ID token must carry
    restores = BooleanAttribute(default=False)  # it undoes the deletion of its account
    expires_at = IntegerAttribute()  # epoch seconds
