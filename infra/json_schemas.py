"""JSON schemas of our types, for the documents."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

_REFERENCE = "#/components/schemas/{model}"
# By this ending people and code know a time: docs/api.md, section 1.
_is_time = re.compile(r".+(_at|_until|At)|time").fullmatch
_ALIASES = "x-aliases"  # only until `_simplified` knows the field's name

type Direction = Literal["taken", "given"]


class _Schemas(GenerateJsonSchema):
    """Without pydantic's titles from field names, and with the aliases of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def model_field_schema(self, schema: Any) -> dict[str, Any]:
        made = dict(super().model_field_schema(schema))
        alias = schema.get("validation_alias")
        choices = [alias] if isinstance(alias, str) else alias or []
        names = [choice if isinstance(choice, str) else choice[0] for choice in choices]
        return {**made, _ALIASES: names} if names else made


def schemas_of[Key](
    types: Mapping[Key, tuple[Any, Direction]],
) -> tuple[dict[Key, dict[str, Any]], dict[str, Any]]:
    """The schemas, by the keys of their types, and the components that they refer to.

    Clients send what is `taken` and receive what is `given`.
    """
    modes: dict[Direction, JsonSchemaMode] = {"taken": "validation", "given": "serialization"}
    made, definitions = TypeAdapter.json_schemas(
        [(key, modes[way], TypeAdapter(kind)) for key, (kind, way) in types.items()],
        by_alias=False,
        ref_template=_REFERENCE,
        schema_generator=_Schemas,
    )
    found = {key: _simplified(schema) for (key, _), schema in made.items()}
    models = _simplified(definitions.get("$defs", {}))
    names = {name: _component_name(name) for name in models}
    renamed = _renamed({"found": list(found.values()), "models": models}, names)
    components = {names[name]: each for name, each in renamed["models"].items()}
    for name, each in components.items():
        each["title"] = name  # generators of clients name their classes so
    return dict(zip(found, renamed["found"], strict=True)), components


def schema_of(kind: Any, way: Direction) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of one type (not a reference), and the components that it refers to."""
    found, definitions = schemas_of({"": (kind, way)})
    schema = found[""]
    if "$ref" in schema:
        schema = resolved(schema, definitions)
        definitions = {name: each for name, each in definitions.items() if each is not schema}
    return schema, definitions


def resolved(schema: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The schema that a reference refers to; any other schema itself."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return definitions[name] if name else schema


def _component_name(name: str) -> str:
    """The name of a component: that of its class, and where several Lambdas have a class of that
    name, also the Lambda's, which pydantic puts before it as in `posts__delete_post__Deleted`."""
    *path, last = name.split("__")
    module = "".join(word.title() for word in path[-1].split("_")) if path else ""
    return module + last.replace("-", "")  # `-Input` or `-Output`: it is both taken and given


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """A schema that refers to components by their new names."""
    if isinstance(schema, list):
        return [_renamed(each, names) for each in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {name: _renamed(value, names) for name, value in schema.items()}
    if isinstance(reference := schema.get("$ref"), str):
        renamed["$ref"] = _REFERENCE.format(model=names[reference.rpartition("/")[2]])
    return renamed


def _simplified(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_simplified(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    simplified = {name: _simplified(value) for name, value in schema.items()}
    if "default" in simplified and simplified["default"] is None:
        del simplified["default"]
    for name, field in (simplified.get("properties") or {}).items():
        if _is_time(name):
            for kind in field.get("anyOf", [field]):
                if kind.get("type") == "string":
                    kind["format"] = "date-time"
        others = [f"`{alias}`" for alias in field.pop(_ALIASES, []) if alias != name]
        if others:
            field["description"] = (
                f"{field.get('description', '')} Also {', '.join(others)}.".strip()
            )
    return simplified
