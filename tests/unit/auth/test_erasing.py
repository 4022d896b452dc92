"""Erasing an account: its credentials, codes and sessions are deleted."""

from auth.on_user_erased import app
from tests.support.erasing import erase
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Newcomer


def test_credentials_codes_and_sessions_are_deleted(aws: MemoryAws, newcomer: Newcomer) -> None:
    newcomer.register()
    assert len(aws.dynamo.items("hoshi-challenges")) == 1
    status, given = newcomer.verify()
    assert status == 200
    newcomer.log_in()
    assert len(aws.dynamo.items("hoshi-sessions")) == 2
    erase(app, given["user"]["id"])
    for table in ("credentials", "challenges", "sessions"):
        assert aws.dynamo.items(f"hoshi-{table}") == []


def test_the_code_of_an_unfinished_sign_up_is_deleted(aws: MemoryAws, newcomer: Newcomer) -> None:
    user_id = newcomer.register()[1]["user_id"]
    erase(app, user_id)
    assert aws.dynamo.items("hoshi-challenges") == []
