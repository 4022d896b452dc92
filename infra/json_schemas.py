"""JSON schemas of our types, for the documents."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

_REFERENCE = "#/components/schemas/{model}"
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
    return found, _simplified(definitions.get("$defs", {}))


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


def _simplified(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_simplified(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    simplified = {name: _simplified(value) for name, value in schema.items()}
    if "default" in simplified and simplified["default"] is None:
        del simplified["default"]
    for name, field in (simplified.get("properties") or {}).items():
        others = [f"`{alias}`" for alias in field.pop(_ALIASES, []) if alias != name]
        if others:
            field["description"] = (
                f"{field.get('description', '')} Also {', '.join(others)}.".strip()
            )
    return simplified
