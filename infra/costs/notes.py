"""The notes of docs/costs.md: how it is measured, what is assumed, what is left out."""

from collections.abc import Iterable, Mapping
from math import inf
from textwrap import fill

from infra.costs import usage
from infra.costs.markdown import listed, price, table
from infra.costs.prices import NOTED, PRICES, REGION
from infra.costs.runs import ALLOWANCE_MS, FULL_PROCESSOR_MB, LOG_GB, TRACED, Cost


def method() -> str:
    """How the figures are measured."""
    allowances = ", ".join(f"{name} {ms}" for name, ms in ALLOWANCE_MS.items())
    return f"""## How it is measured

`make costs` runs one scene per endpoint (`tests/bench/costs/scenes/`) in one process: the real
handler and the real clients, with AWS answered from memory. Before a request, the tables hold a
small network: a reader who follows 40 accounts, pages of 20 posts with one to three pictures, a
post that goes to {usage.FOLLOWERS} followers. The process is warm but has not read the post before.
After the request, its changes go through the streams, topics, filters and queues of the templates,
and every consumer runs, until nothing is left to do.

- **DynamoDB** units are computed from the items, as its developer guide says: half a unit per 4 KB
  read, a whole one if consistent; a unit per KB written, twice in a transaction, by the larger of
  before and after; one more per KB in each index whose entry changes, two if it moves. A refused
  write costs as much as a successful one.
- **Lambda**: the processor time of the function's own code, as a class (the next of 0.5, 0.7, 1,
  1.5, 2, 3, 5 … ms, stored in `infra/costs/processor.json`), divided by the share of a processor
  that comes with its memory ({FULL_PROCESSOR_MB} MB give a whole one), and an allowance for each
  call, one after the other although many are made in parallel. In milliseconds:
  {allowances}.
- **Consumers** run for this one request alone. Under load they take up to ten messages or a hundred
  stream records at once, and each costs less than shown.
- **SQS**: one request each to send, receive and delete a batch, and one for each message that a
  topic sends. **SNS**: one for each batch of at most 64 KB; its deliveries to SQS are free.
- **The model** of the assistant is billed by Amazon Bedrock at its own prices: not included.
- **Logs**: {LOG_GB * 1e6:g} KB per invocation. **X-Ray**: {TRACED:.0%} of the HTTP requests.
- Requests have no `Idempotency-Key`; with one, one more item is written and read.
- Rendering a photograph of 12 megapixels and a reel of {usage.REEL_SECONDS} s is measured
  separately, and included in the class of its Lambda.

A test measures the calls and units again, and fails if this page is stale.
"""


def model(costs: Mapping[str, Cost]) -> str:
    """The assumptions about users."""
    rows = [(f"`{name}`", f"{number:g}") for name, number in usage.call_counts(costs)]
    absent = [name for name in usage.CALLS if name not in costs]
    note = fill(f"Not included, because not measured: {listed(absent)}.", 100)
    note = f"\n{note}\n" if absent else ""
    cold = ", ".join(f"{size.cold:.1%} at {name}" for name, size in usage.SIZES.items())
    return f"""## The usage model

The assumed average of one monthly user in a month:

- {usage.SESSIONS} sessions of {usage.SESSION_MINUTES:g} minutes with an open socket. Each loads \
{usage.PICTURES_SEEN} pictures of {usage.PICTURE_MB:g} MB and {usage.VIDEOS_SEEN} videos of
  {usage.VIDEO_MB:g} MB; an answer of the API has {1000 * usage.ANSWER_MB:g} KB.
- A photograph takes {usage.PHOTO_MB:g} MB in all sizes, a reel {usage.REEL_MB:g} MB;
  {usage.STORED_MONTHS} months of them are stored, and {1e3 * usage.TABLES_GB:g} MB in tables.
- Cold starts: {cold} of the invocations; each adds 600 ms.

{table(("calls", "per user and month"), rows)}{note}"""


def price_list() -> str:
    """The prices of AWS."""
    rows = [
        (each.service, each.what, f"{each.per:,.0f}", _steps(each.steps))
        for each in PRICES.values()
    ]
    shown = table(("service", "billed", "per", "$"), rows)
    return (
        f"## Prices\n\nPublic on-demand prices of {REGION}, entered by hand as known on\n"
        f"{NOTED}. **They must be checked** against `https://aws.amazon.com/<service>/pricing/`.\n\n"
        f"{shown}"
    )


def left_out() -> str:
    """The costs that are in no sum."""
    return """## What is not included

Domain names and certificates, a content delivery network, backups beyond point-in-time recovery,
support, the hourly and daily schedules (clean-up, recounts), retries, bulk mail (newsletters),
attacks. A refused request costs the gateway's price and at most one Lambda with one write. A post
of a celebrity is not fanned out, so a post is written to at most 10,000 timelines.
"""


def _steps(steps: Iterable[tuple[float, float]]) -> str:
    return ", ".join(
        price(dollars) if limit == inf else f"{price(dollars)} up to {limit:,.0f}"
        for limit, dollars in steps
    )
