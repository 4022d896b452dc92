"""GET /admin/appeals."""

import json

from moderation import list_appeals
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws


def test_it_answers_its_caller(aws: MemoryAws) -> None:
    event = gateway_event(
        "GET /admin/appeals", path={}, caller=a_user()
    )
    answer = list_appeals.app(event, LambdaContext())
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {})
