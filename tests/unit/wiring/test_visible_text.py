"""In every field that takes a text, one in which nothing is seen is no text."""

from collections.abc import Iterator
from typing import Any

from infra.routes import http_lambdas
from shared.errors import InvalidInput
from shared.http.queries import Query, Text
from shared.http.requests import validated

# Not trimmed: a space at the end of a password is part of it.
PASSWORDS = {
    *("password", "old_password", "new_password", "current_password", "confirm_password"),
    *("currentPassword", "newPassword", "oldPassword"),
}
NOTHING = "\u3164"


def bodies() -> Iterator[Any]:
    """The models of all bodies, and all queries; frames share theirs."""
    for _, _, declaration in http_lambdas():
        yield from (each for each in (declaration.body, declaration.query) if each)


def texts(model: Any) -> Iterator[tuple[str, int]]:
    """The fields of a model that take a text, with its least length."""
    if issubclass(model, Query):
        yield from (
            (name, each.minimum)
            for name, each in model.parameters.items()
            if isinstance(each, Text) and each.maximum is not None
        )
        return
    for name, field in model.model_json_schema()["properties"].items():
        for kind in field.get("anyOf", [field]):
            takes_text = kind.get("type") == "string" and "maxLength" in kind
            if takes_text and name not in PASSWORDS | {"cursor"}:
                yield name, kind.get("minLength", 0)


def read(model: Any, given: dict[str, str]) -> Any:
    """A body or query of these fields; raises `InvalidInput`."""
    return model(given) if issubclass(model, Query) else validated(model, given)


def refusal(model: Any, field: str, value: str) -> bool:
    """Whether the model refuses a value of this field."""
    try:
        read(model, {field: value})
    except InvalidInput as error:
        return field in {detail["field"] for detail in error.details}
    return False


def test_nothing_visible_is_no_text() -> None:
    fields = [(model, *each) for model in bodies() for each in texts(model)]
    assert len(fields) > 50
    required = [(model, name, least) for model, name, least in fields if least]
    accepting = [
        f"{model.__name__}.{name}"
        for model, name, least in required
        if not refusal(model, name, NOTHING * least)
    ]
    assert accepting == []


def test_an_optional_text_of_which_nothing_is_seen_is_empty() -> None:
    for model in bodies():
        for name, least in texts(model):
            if least or refusal(model, name, NOTHING):
                continue
            try:
                stored = getattr(read(model, {name: NOTHING}), name, "")
            except InvalidInput:  # it needs other fields, too
                continue
            assert stored == "", f"{model.__name__}.{name}"
