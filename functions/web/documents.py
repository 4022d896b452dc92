"""The documents that are deployed with the code: two HTML pages and what `make openapi` writes."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from shared.http.requests import Answer

_CACHED = {"Cache-Control": "public, max-age=300"}  # they change only with a deployment


def json_document(name: str) -> Answer:
    """The generated document `name`."""
    return Answer(_text(name), headers={**_CACHED, "Content-Type": "application/json"})


def page(name: str) -> Answer:
    """The HTML page `name`, whose policy allows no scripts and styles but its own inline ones."""
    text = _text(name)
    policy = (
        f"default-src 'none'; script-src {_sources(text, 'script')}; "
        f"style-src {_sources(text, 'style')}; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Answer(
        text,
        headers={
            **_CACHED,
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": policy,
        },
    )


@cache
def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text()


def _sources(text: str, element: str) -> str:
    """The hashes of the page's inline scripts or styles, for its policy."""
    blocks = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
    hashes = [b64encode(sha256(block.encode()).digest()).decode() for block in blocks]
    return " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"
