"""World files: the text, and beside it the column file that the text names by its content."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

from taixu.app import Components
from taixu.assets.atomic import write_atomic
from taixu.ecs import World
from taixu.edit.columns import MAX_COLUMN_BYTES, MAX_ENTITIES, ColumnGroup, pack_columns, unpack_columns
from taixu.edit.document import Document, format_document, parse_document
from taixu.edit.findings import DocumentError, Finding, Findings
from taixu.edit.json_text import MAX_DEPTH, MAX_NODES, MAX_TEXT_BYTES, parse_json
from taixu.edit.migrations import Migrations
from taixu.edit.reading import read_file
from taixu.edit.world_document import (
    COLUMNS_ABOVE,
    HashAsset,
    ResolveAsset,
    WorldParts,
    document_of,
    fill_world,
)
from taixu.errors import TaixuError

__all__ = ["load_columns", "read_world", "save_document", "write_world"]

WORLD_SUFFIX = ".world.json"


def read_world(
    path: Path | str, world: World, components: Components, *, migrations: Migrations | None = None,
    resolve_asset: ResolveAsset | None = None,
) -> list[Finding]:
    """Read a ``*.world.json`` into a world; see `fill_world`.

    Returns
    -------
    list of Finding
        Doubts that a user should hear of.

    Raises
    ------
    TaixuError
        When it cannot be read, in one sentence; then the world is as it was.
    """
    path = Path(path)
    data = read_file(path, limit=MAX_TEXT_BYTES, what=f"a *{WORLD_SUFFIX} file")
    document = parse_document(data, file=str(path), kind="world", migrations=migrations)
    parts = WorldParts(document, load_columns(document, path))
    found = Findings(str(path))
    fill_world(world, parts, components, migrations=migrations, resolve_asset=resolve_asset, findings=found)
    return found.items


def write_world(
    path: Path | str, world: World, *, hash_asset: HashAsset | None = None, columns_above: int = COLUMNS_ABOVE
) -> None:
    """Write a world, whole or not at all; see `document_of`.

    Raises
    ------
    TaixuError
        When it cannot be written, or holds what cannot be saved; the file is as it was.
    """
    path = Path(path)
    if not path.name.endswith(WORLD_SUFFIX):
        raise TaixuError(f"{path} is no name for a world: it ends in {WORLD_SUFFIX}")
    parts = document_of(world, hash_asset=hash_asset, columns_above=columns_above)
    text = _encode(parts.document)
    if _is_too_large(text):  # many small kinds of entities: what can be read again comes first
        parts = document_of(world, hash_asset=hash_asset, columns_above=0)
        text = _encode(parts.document)
    if parts.groups:
        data = pack_columns(parts.groups)
        if len(data) > MAX_COLUMN_BYTES or sum(len(group.ids) for group in parts.groups) > MAX_ENTITIES:
            raise TaixuError(f"{path}: this world is too large for one file; split it into several worlds")
        digest = hashlib.sha256(data).hexdigest()
        # A name by content: until the text is in place the old text finds the old columns.
        name = f"{path.name.removesuffix(WORLD_SUFFIX)}.{digest[:12]}.columns"
        parts.document.columns = {name: digest}
        text = _encode(parts.document)
    _refuse_unreadable(text, path, "world")
    if parts.groups:
        write_atomic(path.with_name(name), data)
    write_atomic(path, text)
    # Columns of this world alone: another's name may begin with the same letters.
    ours = re.compile(re.escape(path.name.removesuffix(WORLD_SUFFIX)) + r"\.[0-9a-f]{12}\.columns")
    for old in path.parent.iterdir():
        if ours.fullmatch(old.name) and old.name not in parts.document.columns:
            old.unlink(missing_ok=True)


def save_document(path: Path | str, document: Document) -> None:
    """Write a document (a prefab, say), whole or not at all.

    Raises
    ------
    TaixuError
        When it cannot be written, or could not be read again; the file is as it was.
    """
    text = _encode(document)
    _refuse_unreadable(text, Path(path), document.kind)
    write_atomic(Path(path), text)


def load_columns(document: Document, path: Path) -> list[ColumnGroup]:
    """Read the column files that a document names.

    Raises
    ------
    TaixuError
        When one lacks, is damaged, or is not the one that was saved with the document.
    """
    groups: list[ColumnGroup] = []
    for name, digest in document.columns.items():
        where = f"columns.{name:.80}"
        if name != PurePosixPath(name).name or "\\" in name or not name.endswith(".columns"):
            raise _error(path, where, "is no column file: it stands beside the world and ends in .columns")
        data = read_file(path.with_name(name), limit=MAX_COLUMN_BYTES, what="a column file")
        if hashlib.sha256(data).hexdigest() != digest:
            raise _error(path, where, "has other content than when the world was saved; restore the two together")
        groups += unpack_columns(data, file=name)
    return groups


def _encode(document: Document) -> bytes:
    try:
        return format_document(document).encode()
    except (ValueError, RecursionError) as error:
        raise TaixuError(f"the settings of the world cannot be saved: {error}") from error


def _refuse_unreadable(text: bytes, path: Path, kind: str) -> None:
    """Refuse to write what `parse_document` would refuse to read."""
    if _is_too_large(text):
        most = f"{MAX_TEXT_BYTES >> 20} MB or {MAX_NODES:,} values"
        raise TaixuError(f"{path}: this {kind} is not saved: its text would have more than {most}; split it into several {kind}s")
    if b"\n" + b"  " * (MAX_DEPTH - 2) in text:  # perhaps nested too deeply: each level indents its lines by two
        try:
            parse_json(text, file=str(path))
        except TaixuError as error:
            raise TaixuError(f"this {kind} is not saved, for it could not be opened again: {error}") from error


def _is_too_large(text: bytes) -> bool:
    return len(text) > MAX_TEXT_BYTES or text.count(b",") + text.count(b"[") + text.count(b"{") > MAX_NODES


def _error(path: Path, where: str, message: str) -> DocumentError:
    return DocumentError(str(path), Finding("error", where, message))
