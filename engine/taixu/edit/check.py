"""What is wrong in a document: its form by the JSON Schema, and what no schema can say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from taixu.app import Components
from taixu.assets.paths import data_path
from taixu.edit.document import VERSION_KEY, Block, Document, parse_document
from taixu.edit.findings import MAX_FINDINGS, DocumentError, Finding, Findings
from taixu.edit.ids import child_id, id_text
from taixu.edit.json_text import MAX_TEXT_BYTES
from taixu.edit.loops import note_loops
from taixu.edit.migrations import Migrations
from taixu.edit.paths import asset_file, path_doubt
from taixu.edit.prefab import ExpandedPrefab, PrefabLibrary
from taixu.edit.reading import read_file
from taixu.edit.schema import document_schema
from taixu.edit.world_file import load_columns
from taixu.errors import TaixuError

__all__ = ["check_document", "check_world"]


def check_world(
    path: Path | str, components: Components, *, migrations: Migrations | None = None, root: Path | None = None
) -> list[Finding]:
    """Everything that is wrong or doubtful in a ``*.world.json`` or ``*.prefab.json``.

    Parameters
    ----------
    root
        The project's folder; with it, assets and prefabs are looked for.
    """
    path = Path(path)
    findings = Findings(str(path))
    try:
        data = read_file(path, limit=MAX_TEXT_BYTES, what="a world or a prefab")
        document = parse_document(data, file=str(path), migrations=migrations, findings=findings)
        groups = load_columns(document, path)
    except DocumentError as error:
        return [*findings.items, error.finding]
    except TaixuError as error:
        return [*findings.items, Finding("error", "", str(error))]
    bulk = {id_text(number) for group in groups for number in group.ids.tolist()}
    check_document(document, components, findings, migrations=migrations, root=root, others=bulk)
    return findings.items


def check_document(
    document: Document, components: Components, findings: Findings, *, migrations: Migrations | None = None,
    root: Path | None = None, others: set[str] | None = None,
) -> None:
    """Add what is wrong in a document to `findings`.

    Parameters
    ----------
    others
        Ids of entities that belong to the document and do not stand in its text.
    """
    migrations = migrations or Migrations()
    blocks = _present(document, components, migrations, findings)
    _check_schema(document.kind, blocks, components, findings)
    library = PrefabLibrary(components, migrations=migrations, read=_reader(root))
    known = set(blocks) | (others or set()) | _placed(blocks, library, findings, has_project=root is not None)
    _check_references(blocks, components, known, findings)
    above = {key: block["parent"].get("entity") for key, block in blocks.items() if "parent" in block}
    note_loops({key: name for key, name in above.items() if isinstance(name, str)}, findings)
    _check_assets(document, blocks, components, findings, root)


def _present(
    document: Document, components: Components, migrations: Migrations, findings: Findings
) -> dict[str, Block]:
    """The blocks with components in their present version, without what is kept unread."""
    blocks: dict[str, Block] = {}
    for key, block in document.entities.items():
        blocks[key] = {}
        for name, fields in block.items():
            declared = components.find(name)
            where = f"entities.{key}.{name}"
            version = fields.get(VERSION_KEY, 1)
            if declared is None or not declared.authored:
                findings.warning(where, "is no component that is known here; it is kept as it is")
                continue
            if type(version) is int and version > declared.version:
                findings.warning(where, f"has version {version}, newer than {declared.version}; it is kept as it is")
                continue
            if type(version) is int and 1 <= version < declared.version:
                plain = {key: value for key, value in fields.items() if key != VERSION_KEY}
                try:
                    fields = migrations.fields(name, plain, version=version, to=declared.version)
                except TaixuError as error:
                    findings.error(where, str(error))
                    continue
            blocks[key][name] = fields
            for field_name in fields:
                is_position = name == "transform" and field_name == "position"
                if field_name not in declared.by_name and field_name != VERSION_KEY and not is_position:
                    message = f"is no field of {name}; it is kept as it is"
                    findings.warning(f"{where}.{field_name:.60}", message)
            if name == "transform" and "position" in fields and ("translation" in fields or "cell" in fields):
                findings.error(f"{where}.position", "stands beside translation or cell; keep the position alone")
    return blocks


def _check_schema(kind: str, blocks: dict[str, Block], components: Components, findings: Findings) -> None:
    from jsonschema import Draft202012Validator

    schema = document_schema(components, kind="world" if kind == "world" else "prefab")
    validators = {name: Draft202012Validator(part) for name, part in schema["$defs"].items()}
    fine: set[str] = set()
    for key, block in blocks.items():
        for name, fields in block.items():
            text = name + json.dumps(fields)
            if text in fine or name not in validators:
                continue
            errors = list(validators[name].iter_errors(fields))
            if not errors:
                fine.add(text)
            for error in errors:
                place = ".".join(map(str, error.absolute_path))
                findings.error(f"entities.{key}.{name}.{place}".rstrip("."), _sentence(error))
            if len(findings.items) >= MAX_FINDINGS:
                return


def _sentence(error: Any) -> str:
    """A schema's complaint as people would say it."""
    value, wanted = error.instance, error.validator_value
    shown = json.dumps(value)[:60]
    match error.validator:
        case "type":
            names = {
                "string": "text", "number": "a number", "integer": "a whole number", "boolean": "true or false",
                "array": "a list", "object": "fields in braces",
            }
            return f"takes {names.get(str(wanted), wanted)}, not {shown}"
        case "enum":
            return f"is {shown}; it takes one of {', '.join(map(json.dumps, wanted))}"
        case "minimum":
            return f"is {shown}; the least is {wanted:g}"
        case "maximum":
            return f"is {shown}; the most is {wanted:g}"
        case "minItems" | "maxItems":
            return f"has {len(value)} numbers; it takes {wanted}"
        case "pattern":
            return f"is {shown}; it takes the id of an entity, sixteen hexadecimal digits"
    return str(error.message)[:200]


def _reader(root: Path | None) -> Any:
    if root is None:
        return None
    return lambda path: read_file(asset_file(root, path), limit=MAX_TEXT_BYTES, what="a prefab")


def _placed(
    blocks: dict[str, Block], library: PrefabLibrary, findings: Findings, *, has_project: bool
) -> set[str]:
    """Ids of the children that prefab instances will have."""
    found: set[str] = set()
    for key, block in blocks.items():
        source = block.get("prefab_instance", {}).get("source")
        if not isinstance(source, str) or not source or not has_project:
            continue
        try:
            expanded: ExpandedPrefab = library.expand(source)
        except TaixuError as error:
            findings.error(f"entities.{key}.prefab_instance.source", str(error))
            continue
        found.update(id_text(child_id(int(key, 16), path)) for path in expanded.blocks)
    return found


def _references(blocks: dict[str, Block], components: Components) -> Iterator[tuple[str, str, str, str]]:
    for key, block in blocks.items():
        for name, fields in block.items():
            declared = components.find(name)
            for fld in declared.fields if declared is not None else ():
                if fld.kind.name == "entity" and isinstance(fields.get(fld.name), str):
                    yield key, name, fld.name, fields[fld.name]


def _check_references(
    blocks: dict[str, Block], components: Components, known: set[str], findings: Findings
) -> None:
    may_come = any("model" in block or "prefab_instance" in block for block in blocks.values())
    for key, name, field_name, target in _references(blocks, components):
        if target not in known and target != id_text(0):
            what = f"names {target:.40}, which is no entity of this document"
            hint = " (it may be part of a model)" if may_come else "; choose another, or leave it out"
            findings.warning(f"entities.{key}.{name}.{field_name}", what + hint)


def _check_assets(
    document: Document, blocks: dict[str, Block], components: Components, findings: Findings, root: Path | None
) -> None:
    missing: set[str] = set()
    said = {item.where for item in findings.items if item.severity == "error"}  # of a prefab, say
    for key, block in blocks.items():
        for name, fields in block.items():
            declared = components.find(name)
            for fld in declared.fields if declared is not None else ():
                path = fields.get(fld.name)
                if fld.kind.name != "asset" or not isinstance(path, str) or not path:
                    continue
                if fld.ships and _ships(fld.ships, path):
                    continue
                where = f"entities.{key}.{name}.{fld.name}"
                doubt = path_doubt(path)
                if doubt:
                    findings.error(where, doubt)
                elif root is not None and where not in said and path not in missing and not _exists(root, path):
                    missing.add(path)
                    hint = "; its content is known: opening the world looks for it" if path in document.assets else ""
                    findings.warning(where, f"names {path!r:.80}, which is not in the project{hint}")


def _ships(pattern: str, name: str) -> bool:
    """Whether a plain name stands for something that comes with Taixu."""
    return name.isidentifier() and data_path("assets").joinpath(*pattern.format(name).split("/")).is_file()


def _exists(root: Path, path: str) -> bool:
    try:
        return asset_file(root, path).exists()
    except (TaixuError, OSError):
        return False
