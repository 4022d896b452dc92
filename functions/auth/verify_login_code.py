"""POST /login/2fa: finish a log-in with the mailed code, its second step."""

from pydantic import Field

from auth.bodies import CODE_NAMES
from auth.challenges import spend, try_code
from auth.login_accounts import check_may_log_in
from auth.models import Credentials
from auth.sessions import TokenSet, add_session, log_in, token_set
from emails.public import lift_suppression
from shared.dynamodb.tables import transaction
from shared.errors import InvalidTwoFactorCode
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Code, Ulid
from shared.http.requests import Request
from users.public import find_user

app = endpoint("auth")


class LoginCode(Body):
    """The code, and the log-in it belongs to."""

    challenge_id: Ulid
    code: Code = Field(validation_alias=CODE_NAMES)


class LoggedIn(TokenSet):
    """The tokens of the new session."""

    message: str
    is_2fa_required: bool


@app.serve(
    "POST /login/2fa",
    auth="none",
    tier="sensitive",
    body=LoginCode,
    answer=LoggedIn,
    account=lambda body: body.challenge_id,
)
def verify_login_code(request: Request[LoginCode]) -> LoggedIn:
    """Finish a log-in with the mailed code."""
    wrong = InvalidTwoFactorCode()
    challenge = try_code("two_factor", request.body.challenge_id, request.body.code, wrong)
    user = find_user(challenge.user_id, consistent=True)
    credentials = Credentials.find(challenge.user_id, consistent=True)
    if user is None or credentials is None or credentials.revision != challenge.revision:
        raise wrong
    restores = check_may_log_in(user, challenge.restores)
    with transaction() as write:
        spend(write, challenge, wrong)
        lift_suppression(write, user.email, user.user_id)
        session = add_session(write, user, request)
        spoken = request.accept_language
        log_in(write, user, credentials, session, wrong, None, restores, spoken)
    return {"message": "Logged in.", "is_2fa_required": False, **token_set(user, session)}
