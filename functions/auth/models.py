"""The tables of auth: credentials, codes, sessions. Nothing in them can be used to log in."""

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute

from shared.dynamodb.tables import IntegerAttribute, JSONAttribute, Table, TableName

FIRST_REVISION = 1


class Credentials(Table):
    """What an account logs in with."""

    class Meta:
        table_name = TableName("credentials")

    user_id = UnicodeAttribute(hash_key=True)
    password_hash = UnicodeAttribute(null=True)  # bcrypt; absent: logs in with a provider only
    # Counts the changes of password, second factor and address. Each change ends what was begun
    # before it.
    revision = IntegerAttribute(default=FIRST_REVISION)
    two_factor_enabled = BooleanAttribute(default=False)
    pending_email = UnicodeAttribute(null=True)  # the new address, not confirmed yet
    pending_until = IntegerAttribute(null=True)  # when that expires (epoch seconds)
    created_at = UnicodeAttribute()
    last_login_at = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute(null=True)  # epoch seconds; only while unverified
    devices = JSONAttribute(null=True)  # see known_devices.py; absent: never logged in


class Challenge(Table):
    """A mailed code, as an HMAC, and how many tries are left. The challenge of a reset also holds
    the HMAC of a token that does what the code does."""

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
    email = UnicodeAttribute(null=True)  # where the code was sent
    revision = IntegerAttribute(default=0)  # of the credentials when it was begun
    restores = BooleanAttribute(default=False)  # this log-in undoes the deletion of its account
    sent_at = IntegerAttribute()  # epoch milliseconds
    valid_until = IntegerAttribute()  # epoch milliseconds
    expires_at = IntegerAttribute()  # epoch seconds; until then the right code is OtpExpired


class PendingAddress(Table):
    """The account that last requested an e-mail address; stored with the challenges."""

    class Meta:
        table_name = TableName("challenges")

    challenge = UnicodeAttribute(hash_key=True)  # change_email_to#<address>
    user_id = UnicodeAttribute()
    sent_at = IntegerAttribute()  # epoch milliseconds
    expires_at = IntegerAttribute()


class Session(Table):
    """One log-in on one device. Its access tokens name it, its refresh token has its
    `generation`."""

    class Meta:
        table_name = TableName("sessions")

    user_id = UnicodeAttribute(hash_key=True)
    session_id = UnicodeAttribute(range_key=True)
    generation = IntegerAttribute(default=1)
    device = UnicodeAttribute()
    ip = UnicodeAttribute()
    created_at = UnicodeAttribute()
    last_seen_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds: when its refresh token expires
    # The last refresh: by which program (a digest of its User-Agent), and until when (epoch
    # milliseconds) the same one at the same `ip` gets the same answer again.
    agent = UnicodeAttribute(null=True)
    repeatable_until = IntegerAttribute(null=True)
    # When it last proved again who it is, in epoch seconds; absent: at its log-in only.
    authenticated_at = IntegerAttribute(null=True)


class OAuthState(Table):
    """A sign-in that began here and has not returned from the provider yet."""

    class Meta:
        table_name = TableName("oauth-states")

    state = UnicodeAttribute(hash_key=True)
    verifier = UnicodeAttribute()  # of PKCE: the provider's code is useless without it
    nonce = UnicodeAttribute()  # must be in the ID token
    restores = BooleanAttribute(default=False)  # it undoes the deletion of its account
    expires_at = IntegerAttribute()  # epoch seconds
