"""Migrations: how documents of former versions become documents of this one, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taixu.errors import TaixuError

__all__ = ["DocumentMigration", "FieldsMigration", "Migrations"]

FieldsMigration = Callable[[dict[str, Any]], dict[str, Any]]
"""From a component's fields as written by one version to those of the next."""
DocumentMigration = Callable[[dict[str, Any]], dict[str, Any]]
"""From a whole document of one version to one of the next."""


class Migrations:
    """The steps that an app knows (a resource)."""

    def __init__(self) -> None:
        self._components: dict[tuple[str, int], FieldsMigration] = {}
        self._documents: dict[tuple[str, int], DocumentMigration] = {}

    def migrate(self, component: str, *, from_: int, function: FieldsMigration) -> None:
        """Add the step from version `from_` of a component to the next."""
        self._components[component, from_] = function

    def migrate_document(self, kind: str, *, from_: int, function: DocumentMigration) -> None:
        """Add the step from version `from_` of a kind of document (``world``, ``prefab``) to the next."""
        self._documents[kind, from_] = function

    def fields(self, component: str, fields: dict[str, Any], *, version: int, to: int) -> dict[str, Any]:
        """Bring a component's fields from a version up to another. A step that nobody added changes nothing.

        Raises
        ------
        TaixuError
            When a step fails.
        """
        for step in range(version, to):
            function = self._components.get((component, step))
            if function is not None:
                fields = _run(function, fields, f"{component} from version {step}")
        return fields

    def document(self, kind: str, document: dict[str, Any], *, version: int, to: int) -> dict[str, Any]:
        """Bring a document from a version up to another.

        Raises
        ------
        TaixuError
            When a step lacks or fails.
        """
        for step in range(version, to):
            function = self._documents.get((kind, step))
            if function is None:
                raise TaixuError(f"version {step} of {kind} documents is not known; this Taixu reads version {to}")
            document = _run(function, document, f"the document from version {step}")
        return document

    def fork(self, world: object) -> Migrations:
        return self


def _run(function: Callable[[dict[str, Any]], dict[str, Any]], value: dict[str, Any], what: str) -> dict[str, Any]:
    try:
        found = function(dict(value))
    except Exception as error:
        raise TaixuError(f"migrating {what} failed: {type(error).__name__}: {error}") from error
    if not isinstance(found, dict):
        raise TaixuError(f"migrating {what} failed: the step gave no object")
    return found
