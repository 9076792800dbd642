"""Where a glTF's buffers and images lie: in the text (data URIs), or in files of its own folder, never
elsewhere."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

__all__ = ["Resolver", "folder_resolver", "parse_data_uri", "relative_path"]

Resolver = Callable[[str], "Path | bytes"]
"""Finds what a relative path (already checked and percent-decoded) names; raises `ValueError` with a
reason."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def parse_data_uri(uri: str) -> tuple[str, bytes]:
    """Decode a ``data:`` URI to its media type and bytes (RFC 2397).

    Raises
    ------
    ValueError
        It is malformed.
    """
    head, comma, body = uri.partition(",")
    if not comma:
        raise ValueError("the data URI has no comma")
    mime, *parameters = head[5:].split(";")
    if "base64" not in parameters:
        return mime, unquote_to_bytes(body)
    try:
        return mime, base64.b64decode(body if "%" not in body else unquote(body), validate=True)
    except binascii.Error as error:
        raise ValueError(f"the data URI is not valid base64 ({error})") from None


def relative_path(uri: str) -> str:
    """Turn a URI into a path inside the model's folder.

    Raises
    ------
    ValueError
        It names something on the network, an absolute path, or one that climbs out of the folder.
    """
    shown = uri if len(uri) <= 80 else uri[:77] + "..."
    if _SCHEME.match(uri):
        raise ValueError(f"'{shown}' is not fetched; put the file beside the model and refer to it by its name")
    path = unquote(uri)
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    outside = path.startswith(("/", "\\")) or ".." in parts or _SCHEME.match(path) is not None
    if outside and not _stays_inside(parts, path):
        raise ValueError(f"'{shown}' lies outside the model's folder; put the file beside the model")
    if "\0" in path or not parts:
        raise ValueError(f"'{shown}' names no file")
    return "/".join(parts)


def _stays_inside(parts: list[str], path: str) -> bool:
    if path.startswith(("/", "\\")) or _SCHEME.match(path):
        return False
    depth = 0
    for part in parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            return False
    return True


def folder_resolver(folder: Path) -> Resolver:
    """Make the resolver of a model on disk: files below `folder` only, links followed and checked again."""
    root = folder.resolve()

    def resolve(path: str) -> Path:
        found = (root / path).resolve()
        if not found.is_relative_to(root):
            raise ValueError(f"'{path[:80]}' is a link that leads outside the model's folder")
        if found.exists() and not found.is_file():
            raise ValueError(f"'{path[:80]}' is not a file")
        return found

    return resolve
