"""`make openapi`: writes functions/web/asyncapi.json, the WebSocket and the events as AsyncAPI 3.0.

What clients may send comes from the modules chat/ws_<action>.py and their bodies, what they receive
from infra/frames.py, and what services tell each other from the catalogue of events.
"""

import ast
import importlib
import inspect
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from infra.events import calls, catalogue, modules
from infra.frames import FRAMES
from infra.generated import ROOT, bring_up_to_date

FILE = ROOT / "functions" / "web" / "asyncapi.json"
_SCHEMAS = "#/components/schemas/{model}"
_NOT_ACTIONS = {"ws_authorizer", "ws_connect", "ws_disconnect", "ws_default"}
_NULLABLE = {"type": ["string", "null"]}
_TEXT = {"type": "string"}


def document() -> dict[str, Any]:
    """The whole document."""
    actions, frames, events = _actions(), _frames(), _events()
    messages = {**actions, **frames, **events}
    definitions: dict[str, Any] = {}
    for message in messages.values():
        definitions |= message["payload"].pop("$defs", {})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Hoshi",
            "version": "1",
            "description": "What goes over the WebSocket, and the events that services tell each "
            "other. `GET /config` says where the WebSocket is. Connect with `?token=<JWT>`; send "
            "`ping` every 5 minutes; after a close, connect again.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "socket": {
                "address": "/",
                "title": "WebSocket",
                "description": "Text frames of one JSON object, 32 KB at most.",
                "messages": _references([*actions, *frames]),
                "bindings": {"ws": {"query": {"type": "object", "properties": {"token": _TEXT}}}},
            },
            **{
                f"topic.{topic}": {
                    "address": topic,
                    "title": f"Topic {topic}",
                    "description": "SNS; each subscribed queue gets a copy.",
                    "messages": _references(
                        name for name, message in events.items() if message["x-topic"] == topic
                    ),
                }
                for topic in dict.fromkeys(message["x-topic"] for message in events.values())
            },
        },
        "operations": {
            **{name: _operation("receive", "socket", name) for name in actions},
            **{name: _operation("send", "socket", name) for name in frames},
            **{
                name: _operation("send", f"topic.{message['x-topic']}", name)
                for name, message in events.items()
            },
        },
        "components": {"messages": messages, "schemas": dict(sorted(definitions.items()))},
    }


def _actions() -> dict[str, Any]:
    """What a client may send: one message per WebSocket route."""
    found = {}
    for name in modules():
        service, module = name.split(".")
        if module.startswith("ws_") and module not in _NOT_ACTIONS:
            found[f"action.{module.removeprefix('ws_')}"] = _action(service, module)
    return found


def _action(service: str, module: str) -> dict[str, Any]:
    action = module.removeprefix("ws_")
    code = importlib.import_module(f"{service}.{module}")
    frame = {
        "action": {"const": action},
        "request_id": {"type": "string", "minLength": 1, "maxLength": 64},
    }
    schema: dict[str, Any] = {"type": "object", "properties": frame, "required": ["action"]}
    body = _body_of(code)
    if body:
        fields = TypeAdapter(body).json_schema(by_alias=False, ref_template=_SCHEMAS)
        schema["properties"] = {**frame, **fields.get("properties", {})}
        schema["required"] = ["action", *fields.get("required", [])]
        schema["$defs"] = fields.get("$defs", {})
    summary = (code.__doc__ or "").partition("\n")[0]
    return {"name": action, "title": action, "summary": summary, "payload": schema}


def _body_of(code: Any) -> type[BaseModel] | None:
    """The model of an action's fields: the one body that its module defines or imports."""
    from shared.fields import Body, ListQuery, Query

    bodies = {
        value
        for value in vars(code).values()
        if inspect.isclass(value)
        and issubclass(value, Body)
        and value not in (Body, Query, ListQuery)
    }
    if len(bodies) > 1:
        raise SystemExit(f"{code.__name__} has more than one body: which is the action's?")
    return bodies.pop() if bodies else None


def sent_frames() -> dict[str, list[str]]:
    """The events of the frames that the code makes, and the modules that do."""
    found: dict[str, list[str]] = {}
    for module, tree in modules().items():
        for call in calls(tree, "Frame"):
            event = call.args[0] if call.args else None
            for constant in ast.walk(event) if event else ():
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                    found.setdefault(constant.value, []).append(module)
    return found


def _frames() -> dict[str, Any]:
    """What a client receives."""
    sent = sent_frames()
    unknown = sorted(set(sent) - set(FRAMES))
    if unknown:
        raise SystemExit(f"describe in infra/frames.py: {', '.join(unknown)}")
    found = {}
    for event, description in FRAMES.items():
        if event in sent:
            data = TypeAdapter(description.data).json_schema(ref_template=_SCHEMAS)
            properties: dict[str, Any] = {"event": {"const": event}, "request_id": _TEXT}
            if description.kept:
                properties["cursor"] = _TEXT
            payload = {
                "type": "object",
                "properties": {**properties, "data": data},
                "required": ["event", "data"],
                "$defs": data.pop("$defs", {}),
            }
            found[f"frame.{event}"] = {
                "name": event,
                "title": event,
                "summary": description.text,
                "payload": payload,
            }
    return found


def _events() -> dict[str, Any]:
    """What services tell each other."""
    found = {}
    for kind, model in catalogue().items():
        data = TypeAdapter(model).json_schema(ref_template=_SCHEMAS)
        found[kind] = {
            "name": kind,
            "title": kind,
            "summary": " ".join((model.__doc__ or "").split()),
            "x-topic": model.topic,
            "payload": {
                "type": "object",
                "properties": {
                    "event_id": _TEXT,
                    "type": {"const": kind},
                    "version": {"const": model.version},
                    "occurred_at": {"type": "string", "format": "date-time"},
                    "actor": _NULLABLE,
                    "data": data,
                },
                "required": ["event_id", "type", "version", "occurred_at", "actor", "data"],
                "$defs": data.pop("$defs", {}),
            },
        }
    return found


def _references(names: Any) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _operation(action: str, channel: str, message: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
    }


def texts() -> dict[Path, str]:
    """What the generated file is to hold."""
    return {FILE: json.dumps(document(), indent=1, ensure_ascii=False) + "\n"}


if __name__ == "__main__":
    bring_up_to_date(texts(), "make openapi")
