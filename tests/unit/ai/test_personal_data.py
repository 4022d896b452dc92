"""What an export holds of what was said about a person's pictures and posts."""

from ai.models import AltText, Summary
from ai.public import export_of
from shared.clock import now, timestamp
from tests.support.memory_aws import MemoryAws


def test_an_export_has_what_has_not_expired(aws: MemoryAws, noon: float) -> None:
    moment = timestamp()
    common = {"created_at": moment}
    for owner in ("me", "other"):
        for name, life in (("live", 60), ("over", 0)):
            common |= {"text": f"{name} of {owner}"}
            expires_at = int(now()) + life
            AltText(owner, name, fills=True, expires_at=expires_at, **common).save()
            Summary(owner, name, version="v", expires_at=expires_at, **common).save()
    found = {topic.name: list(topic.content) for topic in export_of("me")}
    shown = {"text": "live of me", "created_at": moment}
    assert found == {
        "picture_descriptions": [{"upload_id": "live", **shown}],
        "summaries": [{"post_id": "live", **shown}],
    }
