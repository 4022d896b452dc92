"""Words that a field of an answer can have, for the OpenAPI document.

Answers are not validated when they are made: tests hold them against the document.
"""

from typing import Any


class one_of:  # noqa: N801  # used in annotations, like a function
    """A string that is one of some words: `status: Annotated[str, one_of("ready", "failed")]`."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def __get_pydantic_json_schema__(self, core_schema: Any, schema_of: Any) -> dict[str, Any]:
        return {**schema_of(core_schema), "enum": [*self.words]}
