"""POST /login: log in with a password; with two factors, mail a code instead of giving tokens."""

from typing import TypedDict

from pydantic import AliasChoices, Field

from auth.bodies import Captcha
from auth.captcha import require_captcha
from auth.challenges import CODE_LIFE, new_challenge
from auth.login_accounts import check_may_log_in
from auth.mails import mail_code
from auth.models import Challenge, Credentials
from auth.passwords import hash_password, is_outdated, is_right
from auth.sessions import TokenSet, add_session, log_in, replace_hash, token_set
from shared.config import config
from shared.dynamodb.tables import transaction
from shared.errors import EmailNotVerified, InvalidCredentials
from shared.http.endpoint import endpoint
from shared.http.fields import GivenPassword, LoginName
from shared.http.requests import Request
from shared.ids import new_id
from users.public import NOBODY, SocialHubUser, User, account_status, find_by_login, socialhub_user

app = endpoint("auth")


class Login(Captcha):
    """The account, and its password."""

    identifier: LoginName = Field(
        validation_alias=AliasChoices("identifier", "email_or_username", "email", "username")
    )
    password: GivenPassword
    restore: bool = False


class LoggedIn(TokenSet):
    """The tokens of the new session."""

    message: str
    is_2fa_required: bool


class CodeRequired(TypedDict):
    """What the client needs for the second step."""

    is_2fa_required: bool
    challenge_id: str
    expires_in: int
    message: str


@app.serve(
    "POST /login",
    socialhub=("POST /auth/login", "POST /api/v1/auth/login"),
    auth="none",
    tier="sensitive",
    body=Login,
    answer=LoggedIn | CodeRequired,
    socialhub_answer=LoggedIn | CodeRequired,
    account=lambda body: body.identifier,
)
def login_user(request: Request[Login]) -> LoggedIn | CodeRequired:
    """Log in."""
    require_captcha(request.body.captcha_token, is_needed=request.needs_captcha)
    user, credentials = authenticate(request.body)
    if credentials.two_factor_enabled and account_status(user) == "banned":
        # An appeal needs the second factor, too: its token is given in the next step.
        return mail_login_code(user, credentials, None, False, request.accept_language)
    restores = check_may_log_in(user, request.body.restore)
    status = user.status_before_deletion if restores else account_status(user)
    if status == "unverified" and config.verification_required and not request.is_socialhub:
        raise EmailNotVerified
    new_hash = None
    if credentials.password_hash and is_outdated(credentials.password_hash):
        new_hash = hash_password(request.body.password)
    if credentials.two_factor_enabled:
        return mail_login_code(user, credentials, new_hash, restores, request.accept_language)
    with transaction() as write:
        session = add_session(write, user, request)
        log_in(
            write,
            user,
            credentials,
            session,
            InvalidCredentials(),
            new_hash,
            restores,
            request.accept_language,
        )
    shown = socialhub_shape(user) if request.is_socialhub else None
    tokens = token_set(user, session, shown)
    return {"message": "Logged in.", "is_2fa_required": False, **tokens}


def authenticate(body: Login) -> tuple[User, Credentials]:
    """The account whose name and password are right. An unknown name and a wrong password take the
    same work and get the same answer."""
    user = find_by_login(body.identifier)
    credentials = Credentials.find(user.user_id if user else NOBODY, consistent=True)
    right = is_right(body.password, credentials.password_hash if credentials else None)
    if not right or user is None or credentials is None:
        raise InvalidCredentials
    return user, credentials


def mail_login_code(
    user: User,
    credentials: Credentials,
    new_hash: str | None,
    restores: bool,
    accept_language: str,
) -> CodeRequired:
    """Mail the code that the second step requires."""
    challenge_id = new_id()
    challenge, code = new_challenge("two_factor", challenge_id, user.user_id, credentials.revision)
    challenge.restores = restores
    with transaction() as write:
        write.put(challenge, Challenge.is_new())
        if new_hash:
            replace_hash(write, credentials, new_hash)
    mail_code("two_factor", user, code, accept_language)
    return {
        "is_2fa_required": True,
        "challenge_id": challenge_id,
        "expires_in": CODE_LIFE,
        "message": "A code is on its way to your e-mail address.",
    }


def socialhub_shape(user: User) -> SocialHubUser:
    """The user's own account in SocialHub's shape."""
    from posts.public import author_stats  # imported here: the other route does not need it

    return socialhub_user(user, post_count=sum(author_stats(user.user_id)))
