"""What the server can be asked, in OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taixu.serve.part import Part

__all__ = ["openapi"]


def openapi(parts: Iterable[Part]) -> dict[str, Any]:
    """The document."""
    paths: dict[str, Any] = {}
    for part in parts:
        paths |= part.paths()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Taixu twin", "version": "1", "description": "A world that devices feed."},
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    }
