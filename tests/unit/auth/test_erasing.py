"""What becomes of what an account proved itself with, when it is gone."""

from auth.on_user_erased import app
from tests.support.erasing import erase
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Newcomer


def test_credentials_codes_and_sessions_go(aws: MemoryAws, newcomer: Newcomer) -> None:
    newcomer.register()
    assert len(aws.dynamo.items("hoshi-challenges")) == 1
    status, given = newcomer.verify()
    assert status == 200
    newcomer.log_in()
    assert len(aws.dynamo.items("hoshi-sessions")) == 2
    erase(app, given["user"]["id"])
    for table in ("credentials", "challenges", "sessions"):
        assert aws.dynamo.items(f"hoshi-{table}") == []


def test_the_code_of_a_sign_up_that_was_never_finished_goes(
    aws: MemoryAws, newcomer: Newcomer
) -> None:
    user_id = newcomer.register()[1]["user_id"]
    erase(app, user_id)
    assert aws.dynamo.items("hoshi-challenges") == []
