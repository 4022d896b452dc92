"""The tables of auth: credentials, codes, sessions. Nothing in them can be logged in with."""

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute

from shared.tables import IntegerAttribute, Table, TableName

FIRST_REVISION = 1


class Credentials(Table):
    """What an account proves itself with."""

    class Meta:
        table_name = TableName("credentials")

    user_id = UnicodeAttribute(hash_key=True)
    password_hash = UnicodeAttribute(null=True)  # bcrypt; absent: logs in by a provider only
    # Counts the changes of password and second factor: what was begun before one ends with it.
    revision = IntegerAttribute(default=FIRST_REVISION)
    two_factor_enabled = BooleanAttribute(default=False)
    created_at = UnicodeAttribute()
    last_login_at = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute(null=True)  # epoch seconds; only while unverified


class Challenge(Table):
    """A code that was mailed to somebody, as an HMAC, and how often it may still be tried."""

    class Meta:
        table_name = TableName("challenges")

    challenge = UnicodeAttribute(hash_key=True)  # <purpose>#<subject>, see challenges.py
    user_id = UnicodeAttribute()
    key_id = UnicodeAttribute()
    digest = BinaryAttribute(legacy_encoding=False)
    tries_left = IntegerAttribute()
    revision = IntegerAttribute(default=0)  # of the credentials that a login was begun with
    sent_at = IntegerAttribute()  # epoch milliseconds
    valid_until = IntegerAttribute()  # epoch milliseconds
    expires_at = IntegerAttribute()  # epoch seconds; until then the right code is told it is late


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
