"""POST /appeals."""

import json

from moderation import create_appeal
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws


def test_it_answers_its_caller(aws: MemoryAws) -> None:
    event = gateway_event(
        "POST /appeals", path={}, caller=a_user()
    )
    answer = create_appeal.app(event, LambdaContext())
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {})
