"""What the server can be asked, in OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

__all__ = ["openapi"]

_NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}
_COMMAND = {
    "type": "object",
    "properties": {"control": {"type": "string"}, "entity": {"type": "string"}, "value": {"type": ["number", "string", "boolean"]}},
    "required": ["control", "entity", "value"],
}
_ERROR = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}


def openapi() -> dict[str, Any]:
    """The document."""
    reading = {
        "type": "object",
        "properties": {
            "topic": {"type": "string"}, "key": {"type": "string"},
            "time": {"oneOf": [{"type": "number", "description": "Since 1970."}, {"type": "string", "format": "date-time"}]},
            "values": {"type": "object", "additionalProperties": {"type": ["number", "string", "boolean"]}},
        },
        "required": ["topic", "values"],
    }  # fmt: skip
    either = {"oneOf": [reading, {"type": "array", "items": reading}]}
    body = {"application/json": {"schema": either}, "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    kept = {"type": "object", "properties": {"kept": {"type": "integer"}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Taixu twin", "version": "1", "description": "A world that devices feed."},
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/healthz": {"get": _operation("Whether the world runs.", {"type": "object"}) | {"security": []}},
            "/metrics": {"get": _operation("Figures for Prometheus.", None)},
            "/openapi.json": {"get": _operation("This document.", {"type": "object"})},
            "/state": {"get": _operation("How the world is doing.", {"type": "object"})},
            "/bindings": {"get": _operation("What is doubtful about bindings and devices just now.", {"type": "object"})},
            "/watch": {"get": _operation("A WebSocket of the scene, for viewers.", None)},
            "/alarms": {"get": _operation("Alarms that are open, the worst first.", {"type": "object"})},
            "/alarms/{number}/acknowledge": {
                "post": _operation("Say that an alarm was seen.", {"type": "object"}) | {"parameters": [_NUMBER]}
            },
            "/commands": {
                "get": _operation("The latest commands, newest first.", {"type": "object"}),
                "post": _operation("Ask a device for something; refused ones come back with 409 and why.", {"type": "object"})
                | {"requestBody": {"content": {"application/json": {"schema": _COMMAND}}}},
            },
            "/ingest": {
                "get": _operation("A WebSocket of readings: JSON or batch records; {\"kept\": n} acknowledges.", None),
                "post": _operation("Readings; answered when they are kept.", kept) | {"requestBody": {"content": body}},
            },
            "/stop": {"post": _operation("End the server; needs the role admin.", {"type": "object"})},
        },
    }


def _operation(summary: str, schema: Any) -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": schema}}} if schema is not None else {}
    wrong = {"description": "What is wrong.", "content": {"application/json": {"schema": _ERROR}}}
    return {"summary": summary, "responses": {"200": {"description": "Done.", **content}, "4XX": wrong}}
