"""POST /auth/signup (SocialHub): sign up and be logged in at once."""

from pydantic import AliasChoices, Field

from auth.bodies import Gender, NewAccount
from auth.registration import add_registration, mail_first_code, new_user
from auth.sessions import TokenSet, add_session, token_set
from shared.errors import EmailTaken, UserExists, UsernameTaken
from shared.fields import DateOfBirth
from shared.http import endpoint
from shared.requests import Request
from shared.tables import transaction
from users.public import socialhub_user

app = endpoint("auth")


class Signup(NewAccount):
    """Who signs up."""

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
    tier="sensitive",
    body=Signup,
    answer=SignedUp,
    status=201,
    idempotent=True,
    account=lambda body: body.email,
)
def signup_user(request: Request[Signup]) -> SignedUp:
    """Sign up and be logged in."""
    body = request.body
    user = new_user(body, date_of_birth=body.date_of_birth, gender=body.gender)
    try:
        with transaction() as write:
            code = add_registration(write, user, body.password)
            session = add_session(write, user, request)
    except (UsernameTaken, EmailTaken) as error:
        raise UserExists from error
    mail_first_code(user, code)
    return {"message": "User created", **token_set(user, session, socialhub_user(user))}
