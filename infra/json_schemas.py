"""JSON schemas of our types, as the documents show them."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

_REFERENCE = "#/components/schemas/{model}"
_ALIASES = "x-aliases"  # only until the name of the field is known

type Direction = Literal["taken", "given"]


class _Schemas(GenerateJsonSchema):
    """Without the titles that pydantic makes of field names, and with the other names of fields."""

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
    """The schemas of types that clients send (`taken`) or receive (`given`) by their keys, and the
    components that they refer to."""
    modes: dict[Direction, JsonSchemaMode] = {"taken": "validation", "given": "serialization"}
    made, definitions = TypeAdapter.json_schemas(
        [(key, modes[way], TypeAdapter(kind)) for key, (kind, way) in types.items()],
        by_alias=False,
        ref_template=_REFERENCE,
        schema_generator=_Schemas,
    )
    found = {key: _tidy(schema) for (key, _), schema in made.items()}
    return found, _tidy(definitions.get("$defs", {}))


def schema_of(kind: Any, way: Direction) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of one type, not as a reference, and the components that it refers to."""
    found, definitions = schemas_of({"": (kind, way)})
    schema = found[""]
    if "$ref" in schema:
        schema = resolved(schema, definitions)
        definitions = {name: each for name, each in definitions.items() if each is not schema}
    return schema, definitions


def resolved(schema: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """What a reference refers to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return definitions[name] if name else schema


def _tidy(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {name: _tidy(value) for name, value in schema.items()}
    if "default" in tidied and tidied["default"] is None:
        del tidied["default"]
    for name, field in (tidied.get("properties") or {}).items():
        others = [f"`{alias}`" for alias in field.pop(_ALIASES, []) if alias != name]
        if others:
            field["description"] = (
                f"{field.get('description', '')} Also {', '.join(others)}.".strip()
            )
    return tidied
