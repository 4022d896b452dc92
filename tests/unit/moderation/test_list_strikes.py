"""GET /users/me/strikes."""

import json

from moderation import list_strikes
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws


def test_it_answers_its_caller(aws: MemoryAws) -> None:
    event = gateway_event(
        "GET /users/me/strikes", path={}, caller=a_user()
    )
    answer = list_strikes.app(event, LambdaContext())
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {})
