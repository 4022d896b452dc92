"""`make openapi`: write functions/web/asyncapi.json, the WebSocket and the events as AsyncAPI 3.0.

The frames that clients may send come from the modules chat/ws_<action>.py and their bodies, those
that they receive from infra/websocket_frames.py, and the events from the catalogue.
"""

import ast
import importlib
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from infra.events import calls, catalogue, modules
from infra.generated import ROOT, update_files
from infra.json_schemas import schema_of

FILE = ROOT / "functions" / "web" / "asyncapi.json"
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
            "description": "The frames of the WebSocket, and the events that services publish. "
            "`GET /config` returns the URL of the WebSocket. Connect with `?token=<JWT>`, send "
            "`ping` every 5 minutes, and connect again after a close. Clients of Socket.IO use the "
            "same names for their events, with the other fields as the argument.",
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
    """The frames that a client may send: one message per WebSocket route."""
    found = {}
    for name, tree in modules().items():
        if any(calls(tree, "action")) and not name.endswith("_default"):
            code = importlib.import_module(name)
            found[f"action.{code.app.name}"] = _action(
                code.app.name, code.app.body, code.__doc__ or ""
            )
    return found


def _action(name: str, body: type[BaseModel] | None, doc: str) -> dict[str, Any]:
    frame = {
        "action": {"const": name},
        "request_id": {"type": "string", "minLength": 1, "maxLength": 64},
    }
    schema: dict[str, Any] = {"type": "object", "properties": frame, "required": ["action"]}
    if body:
        fields, definitions = schema_of(body, "taken")
        schema["properties"] = {**frame, **fields.get("properties", {})}
        schema["required"] = ["action", *fields.get("required", [])]
        schema["$defs"] = definitions
    summary = doc.partition("\n")[0]
    return {"name": name, "title": name, "summary": summary, "payload": schema}


def sent_frames() -> dict[str, list[str]]:
    """The names of the frames that the code constructs, and the modules that construct them.

    A text that is formatted at run time (`f"media.{status}"`) stands for all names with its prefix.
    """
    from infra.websocket_frames import FRAMES

    found: dict[str, list[str]] = {}
    for module, tree in modules().items():
        for call in calls(tree, "Frame"):
            by_keyword = [each.value for each in call.keywords if each.arg == "event"]
            for event in [*call.args[:1], *by_keyword]:
                for text in _texts_in(event):
                    names = [text]
                    if isinstance(event, ast.JoinedStr):
                        names = [name for name in FRAMES if name.startswith(text)]
                    for name in names:
                        found.setdefault(name, []).append(module)
    return found


def _texts_in(expression: ast.expr) -> list[str]:
    """The texts that an expression may evaluate to (both of a conditional) or begins with."""
    if isinstance(expression, ast.JoinedStr):
        return _texts_in(expression.values[0])
    if isinstance(expression, ast.IfExp):
        return [*_texts_in(expression.body), *_texts_in(expression.orelse)]
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return [expression.value]
    return []


def _frames() -> dict[str, Any]:
    """The frames that a client receives."""
    from infra.websocket_frames import FRAMES  # late: it needs functions/ on sys.path

    sent = sent_frames()
    unknown = sorted(set(sent) - set(FRAMES))
    if unknown:
        raise SystemExit(f"describe in infra/websocket_frames.py: {', '.join(unknown)}")
    found = {}
    for event, description in FRAMES.items():
        if event in sent:
            data, definitions = schema_of(description.data, "given")
            properties: dict[str, Any] = {"event": {"const": event}, "request_id": _TEXT}
            if description.kept:
                properties["id"] = _TEXT
                properties["cursor"] = _TEXT
            payload = {
                "type": "object",
                "properties": {**properties, "data": data},
                "required": ["event", "data"],
                "$defs": definitions,
            }
            found[f"frame.{event}"] = {
                "name": event,
                "title": event,
                "summary": description.text,
                "payload": payload,
            }
    return found


def _events() -> dict[str, Any]:
    """The events that services publish."""
    found = {}
    for kind, model in catalogue().items():
        data, definitions = schema_of(model, "given")
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
                "$defs": definitions,
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
    """The text of the generated file, by its path."""
    return {FILE: json.dumps(document(), indent=1, ensure_ascii=False) + "\n"}


if __name__ == "__main__":
    update_files(texts(), "make openapi")
