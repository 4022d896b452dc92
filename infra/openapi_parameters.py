"""The parameters of the OpenAPI document's operations."""

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.http.requests import Declaration, Route

_PARAMETERS = {
    "user": "A user's id, a username in any case, or `me`.",
    "tag": "A hashtag, with or without `#`.",
    "collection_id": "A collection's id, or `default`.",
}
_PAGING = {
    "limit": (
        "Maximum number of items; more than 100 counts as 100.",
        {"type": "integer", "minimum": 1},
    ),
    "page_size": ("Another name of `limit`.", {"type": "integer", "minimum": 1}),
    "cursor": ("`next_cursor` of the previous page.", {"type": "string", "maxLength": 2048}),
}
_OFFSETS = {
    "page_offset": (
        "Number of posts to skip; ignored with `cursor`.",
        {"type": "integer", "minimum": 0, "maximum": 1000},
    ),
    "page": (
        "Number of the page of `limit` posts; ignored with `cursor` or `page_offset`.",
        {"type": "integer", "minimum": 1},
    ),
}


def parameters(
    declaration: "Declaration",
    route: "Route",
    named: Collection[Any],
) -> Iterator[dict[str, Any]]:
    """The parameters of an operation: those of its path, its query, and its headers."""
    for name in re.findall(r"{(\w+)}", route.path):
        parameter = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        yield parameter | ({"description": _PARAMETERS[name]} if name in _PARAMETERS else {})
    if declaration.query and (route.method == "GET" or not declaration.body):
        for name, declared in declaration.query.parameters.items():
            yield {
                "name": name,
                "in": "query",
                "required": declared.is_required,
                "schema": declared.schema(),
            }
    elif is_list(named):
        for name, (text, kind) in _PAGING.items():
            yield {"name": name, "in": "query", "description": text, "schema": kind}
    if _is_feed(named):
        for name, (text, kind) in _OFFSETS.items():
            yield {"name": name, "in": "query", "description": text, "schema": kind}
    if declaration.idempotent:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "For 24 hours, the same key, path and body get the same answer.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }


def is_list(named: Collection[Any]) -> bool:
    """Whether a view, which names these functions, answers pages."""
    from shared.http.paging import read_page

    return read_page in named


def _is_feed(named: Collection[Any]) -> bool:
    from feeds.paging import read_feed_page

    return read_feed_page in named
