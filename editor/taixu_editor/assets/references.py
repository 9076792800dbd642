"""Files that name others: what they name, and their text when those have moved. Every other byte stays as it is.

Worlds, prefabs, manifests and sidecars name files from the project's folder; scripts do in whole strings, and other scripts by
importing them. A glTF, an OBJ and an MTL name files from their own folder, as URIs or plainly, and find only those that lie
beside them or below. What a sidecar says that its file was made from is named from its own folder, too, wherever that lies.
"""

from __future__ import annotations

import ast
import io
import json
import posixpath
import re
import tokenize
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, unquote

import tomlkit
from tomlkit.exceptions import TOMLKitError

from taixu.errors import TaixuError
from taixu_editor.assets.script_imports import with_new_imports

__all__ = ["BESIDE", "NAMING", "Renamed", "names_beside", "rewritten"]

BESIDE = (".gltf", ".obj", ".mtl")
"""Files that name others from their own folder."""
SIDECAR = ".asset.toml"
NAMING = (".world.json", ".prefab.json", ".py", SIDECAR, "taixu.toml", *BESIDE)
"""Files that name others."""

Renamed = Callable[[str], str]
"""A file's or folder's path after a move, by its path before."""

_STRING = re.compile(rb'"((?:[^"\\]|\\.)*)"')
_URI = re.compile(rb'("uri"\s*:\s*)("(?:[^"\\]|\\.)*")')
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_OBJ_LINE = re.compile(rb"(?im)^([ \t]*mtllib[ \t]+)([^\r\n]*?)([ \t]*\r?)$")
_MTL_LINE = re.compile(
    rb"(?im)^([ \t]*(?:map_\w+|bump|disp|decal|refl|norm)[ \t]+"
    rb"(?:-[a-z]+[ \t]+(?:[-+.\de]+[ \t]+|on[ \t]+|off[ \t]+)*)*)"  # options, and numbers or switches after each
    rb"([^\r\n]*?)([ \t]*\r?)$"
)


def names_beside(path: str, data: bytes) -> list[str]:
    """Paths in the project that a model's text names."""
    folder = posixpath.dirname(path)
    return list(dict.fromkeys(_target(folder, name) for name in _named(path, data) if _is_file(name)))


def rewritten(path: str, data: bytes, renamed: Renamed) -> bytes:
    """A file's text after files were moved, itself perhaps among them.

    Raises
    ------
    TaixuError
        When a model would name a file that is neither beside it nor below.
    """
    if path.endswith(".gltf"):
        return _URI.sub(lambda found: found.group(1) + _new_uri(path, found.group(2), renamed), data)
    if path.endswith(".obj"):
        return _OBJ_LINE.sub(lambda found: _new_line(path, found, renamed), data)
    if path.endswith(".mtl"):
        return _MTL_LINE.sub(lambda found: _new_line(path, found, renamed), data)
    if path.endswith(".py"):
        return _new_script(with_new_imports(path, data, renamed), renamed)
    if path.endswith(SIDECAR):
        return _new_sidecar(path, data, renamed)
    return _STRING.sub(lambda found: _new_string(found.group(0), renamed), data)


def _named(path: str, data: bytes) -> Iterator[str]:
    if path.endswith(".gltf"):
        for found in _URI.finditer(data):
            text = _text(found.group(2))
            if text is not None:
                yield unquote(text) if _is_file(text) else text
    elif path.endswith((".obj", ".mtl")):
        pattern = _OBJ_LINE if path.endswith(".obj") else _MTL_LINE
        for found in pattern.finditer(data):
            yield found.group(2).decode("utf-8", "replace").replace("\\", "/")


def _is_file(name: str) -> bool:
    return bool(name) and not name.startswith(("/", "\\")) and not _SCHEME.match(name)


def _target(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))


def _text(quoted: bytes) -> str | None:
    try:
        text = json.loads(quoted)
    except ValueError:
        return None
    return text if isinstance(text, str) else None


def _quoted(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode()


def _new_name(path: str, name: str, renamed: Renamed) -> str | None:
    """How a model names a file afterwards; None where that is as before.

    Raises
    ------
    TaixuError
        See `rewritten`.
    """
    target = _target(posixpath.dirname(path), name)
    new_path, new_target = renamed(path), renamed(target)
    if (new_path, new_target) == (path, target):
        return None
    before = posixpath.relpath(target, posixpath.dirname(path) or ".")
    after = posixpath.relpath(new_target, posixpath.dirname(new_path) or ".")
    if after == before:
        return None
    if after.startswith("../"):
        raise TaixuError(
            f"{path} names {target}, and finds only what lies beside it or below: "
            f"move it within {posixpath.dirname(new_path) or 'that folder'}, or the two together"
        )
    return after


def _new_uri(path: str, quoted: bytes, renamed: Renamed) -> bytes:
    text = _text(quoted)
    if text is None or not _is_file(text):
        return quoted
    found = _new_name(path, unquote(text), renamed)
    return quoted if found is None else _quoted(quote(found, safe="/!$&'()*+,;=@~"))


def _new_line(path: str, found: re.Match[bytes], renamed: Renamed) -> bytes:
    name = found.group(2).decode("utf-8", "surrogateescape")
    new = _new_name(path, name, renamed) if _is_file(name) else None
    return found.group(0) if new is None else found.group(1) + new.encode("utf-8", "surrogateescape") + found.group(3)


def _new_string(quoted: bytes, renamed: Renamed) -> bytes:
    text = _text(quoted)
    if text is None or not text or renamed(text) == text:
        return quoted
    return _quoted(renamed(text))


def _new_sidecar(path: str, data: bytes, renamed: Renamed) -> bytes:
    """A sidecar whose parents are named from where it stands now; one that cannot be read stays as it is."""
    try:
        document: Any = tomlkit.parse(data.decode())
        made = document.get("provenance", {})
        parents, held = made.get("parents", []), made.get("parent_contents", {})
        names = {str(name): _new_parent(path, str(name), renamed) for name in (*parents, *held)}
        changed = any(old != new for old, new in names.items())
    except (UnicodeDecodeError, TOMLKitError, AttributeError, TypeError, RecursionError):
        return data
    others = _STRING.sub(lambda found: _new_string(found.group(0), renamed), data)
    if not changed and others == data:
        return data
    document = tomlkit.parse(others.decode())
    made = document.get("provenance", {})
    if "parents" in made:
        made["parents"] = [names[str(name)] for name in parents]
    if "parent_contents" in made:
        made["parent_contents"] = {names[str(name)]: str(value) for name, value in held.items()}
    return tomlkit.dumps(document).encode()


def _new_parent(path: str, name: str, renamed: Renamed) -> str:
    """What something was made from, named from its sidecar's folder after the move; hashes and files elsewhere stay."""
    folder = posixpath.dirname(path)
    target = posixpath.normpath(posixpath.join(folder, name))
    if not name or name.startswith("/") or target.startswith("../"):
        return name
    new_path, new_target = renamed(path), renamed(target)
    if (new_path, new_target) == (path, target):
        return name
    return posixpath.relpath(new_target, posixpath.dirname(new_path) or ".")


def _new_script(data: bytes, renamed: Renamed) -> bytes:
    """Strings that are paths, as a whole; a script that does not parse stays as it is."""
    try:
        source = data.decode("utf-8")
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (UnicodeDecodeError, tokenize.TokenError, SyntaxError):
        return data
    lines = source.splitlines(keepends=True)
    for token in reversed(tokens):
        if token.type != tokenize.STRING or token.start[0] != token.end[0]:
            continue
        try:
            text = ast.literal_eval(token.string)
        except (ValueError, SyntaxError):
            continue
        if not isinstance(text, str) or "/" not in text or renamed(text) == text:
            continue
        row, (left, right) = token.start[0] - 1, (token.start[1], token.end[1])
        mark = token.string[-1]
        new = renamed(text).replace("\\", "\\\\").replace(mark, "\\" + mark)
        lines[row] = f"{lines[row][:left]}{mark}{new}{mark}{lines[row][right:]}"
    return "".join(lines).encode("utf-8")
