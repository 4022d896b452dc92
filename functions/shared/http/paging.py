"""Pages of lists: opaque cursors, signed and bound to the list, its query and the caller.

A cursor is base64url of: 4 bytes key id, 16 bytes signature, then the JSON of where to continue.
A changed cursor, or one of another list, query or account, is answered with `invalid_cursor`.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.access import signing_keys
from shared.encoding import to_json
from shared.errors import InvalidCursor, InvalidInput
from shared.http.requests import Request

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_CURSOR = 2048  # characters
# Of JSON on a page of what can be large: a body of more than 6 MB, quoted again in the Lambda's own
# JSON, does not leave a function.
ANSWER_BYTES = 3_000_000
_PAGE_PARAMETERS = {"cursor", "limit", "page_size"}  # may differ between the pages of a list


@dataclass(frozen=True, slots=True)
class Page:
    """How many items to return, and where to continue (None: at the start)."""

    limit: int
    after: Any


def read_page(
    request: Request[Any, Any], default: int = DEFAULT_LIMIT, maximum: int = MAX_LIMIT
) -> Page:
    """The page that a request asks for: `limit` (or `page_size`) and `cursor`."""
    given = request.parameters
    name = "limit" if "limit" in given else "page_size"
    limit = read_count(given, name, default)
    cursor = given.get("cursor")
    return Page(min(limit, maximum), _open(cursor, _list_of(request)) if cursor else None)


def read_count(given: Mapping[str, str], name: str, default: int, minimum: int = 1) -> int:
    """A whole number from the query, at least `minimum`; raises `InvalidInput`."""
    text = given.get(name)
    if text is None:
        return default
    # 18 digits are above every maximum; without a bound, `int` would be slow.
    number = int(text[:18]) if text.isascii() and text.isdigit() else None
    if number is None or number < minimum:
        raise InvalidInput((name, f"This must be a whole number of at least {minimum}."))
    return number


def next_cursor(request: Request[Any, Any], after: Any) -> str | None:
    """The cursor that continues at `after` (any JSON value); None if there is no more."""
    return _sealed(request.declaration.name, after, _list_of(request))


def first_cursor(view: str, user_id: str, path: Mapping[str, str], after: Any) -> str | None:
    """The cursor after the first page of the list `view`, for a Lambda that shows that page itself.

    It continues the list for the user and path that are given.
    """
    return _sealed(view, after, _named(view, user_id, path, {}))


def _sealed(view: str, after: Any, purpose: str) -> str | None:
    if after is None:
        return None
    payload = to_json(after).encode()
    kid, signature = signing_keys.sign("cursors", purpose, payload)
    cursor = base64.urlsafe_b64encode(bytes.fromhex(kid) + signature[:16] + payload)
    if len(cursor) > MAX_CURSOR:
        raise ValueError(f"{view} makes a cursor that is too long")
    return cursor.decode().rstrip("=")


def _open(cursor: str, purpose: str) -> Any:
    if len(cursor) > MAX_CURSOR:
        raise InvalidCursor
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidCursor from error
    kid, signature, payload = raw[:4].hex(), raw[4:20], raw[20:]
    if not signing_keys.is_signed("cursors", purpose, payload, kid, signature):
        raise InvalidCursor
    return json.loads(payload)


def _list_of(request: Request[Any, Any]) -> str:
    """What a cursor is bound to: view, path, query and caller."""
    caller = request.known_caller.user_id if request.known_caller else ""
    # The parsed query, so that unknown parameters are ignored.
    given = request.query.values if request.query else {}
    # Without what is absent, which `first_cursor` does not know.
    query = {
        name: value
        for name, value in given.items()
        if value is not None and name not in _PAGE_PARAMETERS
    }
    return _named(request.declaration.name, caller, request.path, query)


def _named(view: str, caller: str, path: Mapping[str, str], query: Mapping[str, Any]) -> str:
    parts = [view, caller, sorted(path.items()), sorted(query.items())]
    return json.dumps(["cursor", 1, *parts])
