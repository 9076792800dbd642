"""Worlds as documents, and editing as commands: everything that an editor does, without a window.

Documents (`*.world.json`, `*.prefab.json`) are text that merges in git, and outlive the code that wrote them: what a
version does not know it keeps. A `Session` holds a project's open worlds; commands go through its history, name
entities by stable id and speak the documents' language, so that an edit can come from a mouse, a script or a model.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.edit.check import check_document, check_world
    from taixu.edit.commands import (
        Command,
        Despawn,
        Duplicate,
        Group,
        Insert,
        Remove,
        Rename,
        Reparent,
        SetFields,
        Spawn,
    )
    from taixu.edit.differences import Difference
    from taixu.edit.document import Block, Document, format_document, parse_document
    from taixu.edit.findings import DocumentError, Finding, Findings
    from taixu.edit.history import History
    from taixu.edit.ids import id_number, id_text, new_id
    from taixu.edit.instancing import instantiate, make_prefabs, spawn_prefab
    from taixu.edit.kept import Kept
    from taixu.edit.migrations import Migrations
    from taixu.edit.operation_log import Done, OperationLog, read_log, write_log
    from taixu.edit.operations import BATCH, Operation, Operations
    from taixu.edit.overrides import applied_document, apply_to_prefab, record_overrides, revert_overrides
    from taixu.edit.parameters import Nothing, parameter_schema, read_parameters
    from taixu.edit.plugin import DocumentPlugin
    from taixu.edit.prefab import FromPrefab, PrefabInstance, PrefabLibrary
    from taixu.edit.project import Project, create_project, open_project, read_project, write_project
    from taixu.edit.reading import read_file
    from taixu.edit.rehearsal import Rehearsed
    from taixu.edit.schema import component_schema, document_schema, field_schema
    from taixu.edit.session import OpenWorld, Session
    from taixu.edit.settings import WorldSettings
    from taixu.edit.world_document import WorldParts, blocks_of, document_of, fill_world
    from taixu.edit.world_file import read_world, save_document, write_world
    from taixu.edit.write_file import WriteFile

__all__ = [
    "BATCH", "Block", "Command", "Despawn", "Difference", "Document", "DocumentError", "DocumentPlugin", "Done",
    "Duplicate", "Finding", "Findings", "FromPrefab", "Group", "History", "Insert", "Kept", "Migrations", "Nothing",
    "OpenWorld", "Operation", "OperationLog", "Operations", "PrefabInstance", "PrefabLibrary", "Project", "Rehearsed",
    "Remove", "Rename", "Reparent", "Session", "SetFields", "Spawn", "WorldParts", "WorldSettings", "WriteFile",
    "applied_document", "apply_to_prefab", "blocks_of", "check_document", "check_world", "component_schema",
    "create_project", "document_of", "document_schema", "field_schema", "fill_world", "format_document", "id_number",
    "id_text", "instantiate", "make_prefabs", "new_id", "open_project", "parameter_schema", "parse_document",
    "read_file", "read_log", "read_parameters", "read_project", "read_world", "record_overrides", "revert_overrides",
    "save_document", "spawn_prefab", "write_log", "write_project", "write_world",
]

_NAMES = {
    "check": "check_document check_world",
    "commands": "Command Despawn Duplicate Group Insert Remove Rename Reparent SetFields Spawn", "differences": "Difference",
    "document": "Block Document format_document parse_document", "findings": "DocumentError Finding Findings",
    "history": "History", "ids": "id_number id_text new_id", "instancing": "instantiate make_prefabs spawn_prefab",
    "kept": "Kept", "migrations": "Migrations", "operation_log": "Done OperationLog read_log write_log",
    "operations": "BATCH Operation Operations",
    "overrides": "applied_document apply_to_prefab record_overrides revert_overrides",
    "parameters": "Nothing parameter_schema read_parameters", "plugin": "DocumentPlugin",
    "prefab": "FromPrefab PrefabInstance PrefabLibrary",
    "project": "Project create_project open_project read_project write_project", "reading": "read_file",
    "rehearsal": "Rehearsed", "schema": "component_schema document_schema field_schema", "session": "OpenWorld Session",
    "settings": "WorldSettings", "world_document": "WorldParts blocks_of document_of fill_world",
    "world_file": "read_world save_document write_world", "write_file": "WriteFile",
}  # fmt: skip
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    if name in _HOMES:  # imported when first wanted: who reads parameters needs no scene
        return getattr(importlib.import_module(f"taixu.edit.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
