"""POST /auth/signup: sign up in SocialHub's dialect and be logged in at once."""

from pydantic import AliasChoices, Field

from auth.bodies import Gender, NewAccount
from auth.captcha import require_captcha
from auth.known_devices import first_device
from auth.models import FIRST_REVISION, Credentials, Session
from auth.registration import add_registration, mail_first_code, new_user
from auth.sessions import TokenSet, add_session, log_in, token_set
from shared.dynamodb.tables import transaction
from shared.errors import EmailTaken, UserExists, UsernameTaken
from shared.http.endpoint import endpoint
from shared.http.fields import DateOfBirth
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Request
from users.public import User, find_user, socialhub_user

app = endpoint("auth")


class Signup(NewAccount):
    """The account to create."""

    date_of_birth: DateOfBirth | None = Field(
        None, validation_alias=AliasChoices("date_of_birth", "dateOfBirth")
    )
    gender: Gender = "undisclosed"


class SignedUp(TokenSet):
    """A new account and its tokens."""

    message: str


@app.serve(
    "POST /auth/signup",
    socialhub=("POST /api/v1/auth/signup",),
    auth="none",
    tier="registration",
    body=Signup,
    answer=SignedUp,
    socialhub_answer=SignedUp,
    status=201,
    idempotent=True,
    account=lambda body: body.email,
)
def signup_user(request: Request[Signup]) -> SignedUp:
    """Sign up and be logged in."""
    body = request.body
    require_captcha(body.captcha_token, is_needed=request.needs_captcha)
    user = new_user(
        body,
        date_of_birth=body.date_of_birth,
        gender=body.gender,
        accept_language=request.accept_language,
    )
    try:
        with transaction() as write:
            claim(write, request, user.user_id)
            session = add_session(write, user, request)
            devices = first_device(session)
            code = add_registration(write, user, body.password, devices=devices)
    except (UsernameTaken, EmailTaken) as error:
        raise UserExists from error
    except AlreadyMade as earlier:
        user, session = log_in_to(earlier.made_id, request)
    else:
        mail_first_code(user, code)
    return {"message": "User created", **token_set(user, session, socialhub_user(user))}


def log_in_to(user_id: str, request: Request[Signup]) -> tuple[User, Session]:
    """Another session for the account that an earlier attempt of this same request created; the
    answer with its tokens was lost."""
    user = find_user(user_id, consistent=True)
    credentials = Credentials.find(user_id, consistent=True)
    if user is None or credentials is None or credentials.revision != FIRST_REVISION:
        raise UserExists
    with transaction() as write:
        session = add_session(write, user, request)
        log_in(write, user, credentials, session, UserExists())
    return user, session
