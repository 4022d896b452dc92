"""POST /admin/appeals/{appeal_id}/resolve."""

import json

from moderation import resolve_appeal
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws


def test_it_answers_its_caller(aws: MemoryAws) -> None:
    event = gateway_event(
        "POST /admin/appeals/{appeal_id}/resolve", path={"appeal_id": "01KAEJ8V0X2Y4Z6A8B0C1D3E5F"}, caller=a_user()
    )
    answer = resolve_appeal.app(event, LambdaContext())
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {})
