"""Every item expires, or docs/decisions/data.md says why it stays."""

import re

from infra.generated import ROOT
from tests.unit.wiring.test_tables import MODELS, TABLES

_PAGE = (ROOT / "docs" / "decisions" / "data.md").read_text()
_SECTION = _PAGE.partition("## What stays, and why")[2].partition("\n### ")[0]
_ROWS = dict(re.findall(r"^\| ([a-z][a-z, -]*) \| (.+) \|$", _SECTION, re.MULTILINE))
REASONS = {
    table: reason
    for tables, reason in _ROWS.items()
    if tables != "table"
    for table in tables.split(", ")
}


def always_expires(table: str) -> bool:
    """Whether no item of a table can be stored without an end."""
    expiry = MODELS[table].get_attributes().get("expires_at")
    ttl = TABLES[table].get("TimeToLiveSpecification")
    is_on = ttl == {"AttributeName": "expires_at", "Enabled": True}
    return expiry is not None and not expiry.null and is_on


def test_every_item_expires_or_there_is_a_reason_why_it_stays() -> None:
    kept = {table for table in TABLES if not always_expires(table)}
    assert kept, "no table keeps anything"
    missing = sorted(kept - set(REASONS))
    assert not missing, f"give their items a TTL, or docs/decisions/data.md a reason: {missing}"
    stale = sorted(set(REASONS) - kept)
    assert not stale, f"docs/decisions/data.md: these expire, or are no tables: {stale}"


def test_reasons_are_sentences() -> None:
    assert min(len(reason) for reason in REASONS.values()) > 20
