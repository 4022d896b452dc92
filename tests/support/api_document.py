"""Answers of the running API, held against `openapi.json`: each must be declared, as it is."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from shared.clock import seconds as _seconds

_FORMATS = FormatChecker()
_FORMATS.checks("date-time", raises=ValueError)(
    lambda value: not isinstance(value, str) or bool(_seconds(value))
)
FILE = Path(__file__).parents[2] / "functions" / "web" / "openapi.json"
_BASE = "urn:openapi"


class ApiDocument:
    """The OpenAPI document, to hold answers against."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._paths = document["paths"]
        # The most literal template first: /posts/mine before /posts/{post_id}.
        self._templates = sorted(
            ((_pattern(path), path) for path in self._paths), key=lambda each: each[1].count("{")
        )
        self._document = _strict(document)
        resource = Resource.from_contents(self._document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_BASE, resource)
        self._validators = cache(self._validator)

    def template_of(self, method: str, path: str) -> str | None:
        """The path of the document that a request's path is an instance of; None if it has none."""
        for pattern, template in self._templates:
            if pattern.fullmatch(path) and method.lower() in self._paths[template]:
                return template
        return None

    def declares(self, method: str, template: str) -> bool:
        """Whether the document has the operation."""
        return method.lower() in self._paths.get(template, {})

    def fault(self, method: str, template: str, status: int, kind: str, text: str) -> str | None:
        """What the document does not say of an answer, in a sentence; None if it says all."""
        name = f"{method} {template}"
        operation = self._paths[template][method.lower()]
        if str(status) not in operation["responses"]:
            return f"{name} does not declare the status {status}: {text[:300]}"
        validator = self._validators(template, method.lower(), str(status), kind)
        if validator is None:
            return f"{name} does not declare {kind} for {status}" if text else None
        if kind != "application/json":
            return None
        for error in validator.iter_errors(json.loads(text)):
            where = re.sub(r"\[\d+\]", "[]", error.json_path)
            return f"{name} {status}: {where}: {error.message[:300]}"
        return None

    def _validator(
        self, template: str, method: str, status: str, kind: str
    ) -> Draft202012Validator | None:
        pointer = ["paths", template, method, "responses", status]
        response = self._document["paths"][template][method]["responses"][status]
        if "$ref" in response:
            pointer = response["$ref"].removeprefix("#/").split("/")
            response = self._document[pointer[0]][pointer[1]][pointer[2]]
        if kind not in response.get("content", {}):
            return None
        steps = [*pointer, "content", kind, "schema"]
        escaped = "/".join(each.replace("~", "~0").replace("/", "~1") for each in steps)
        return Draft202012Validator(
            {"$ref": f"{_BASE}#/{escaped.replace('{', '%7B').replace('}', '%7D')}"},
            registry=self._registry,
            format_checker=_FORMATS,
        )


@cache
def api_document() -> ApiDocument:
    """The document that the API serves."""
    return ApiDocument(json.loads(FILE.read_text()))


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"{\w+}", template)
    return re.compile("[^/]+".join(map(re.escape, parts)))


def _strict(schema: Any) -> Any:
    """A schema whose objects have the properties that it names, and no others."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _strict(value) for name, value in schema.items()}
    if "properties" in schema and schema.get("type") == "object":
        strict.setdefault("additionalProperties", False)
    return strict
