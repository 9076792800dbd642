"""The two envelopes of glTF: a JSON text, and GLB, which puts JSON and one binary chunk in a row (glTF 2.0,
section 4)."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

from taixu.assets.gltf.findings import GltfError, Report
from taixu.assets.gltf.limits import Limits

__all__ = ["Container", "is_glb", "open_container"]

MAGIC = b"glTF"
JSON_CHUNK, BIN_CHUNK = 0x4E4F534A, 0x004E4942


@dataclass(slots=True)
class Container:
    """The parsed JSON and the binary chunk (None where there is none)."""

    root: dict[str, Any]
    binary: memoryview | None


def is_glb(data: bytes | memoryview) -> bool:
    """Whether the bytes begin as a GLB does."""
    return bytes(data[:4]) == MAGIC


def open_container(data: bytes, *, limits: Limits, report: Report) -> Container:
    """Open a ``.glb`` or ``.gltf``.

    Raises
    ------
    GltfError
        It is neither, is cut off, or its JSON cannot be parsed or asks for too much.
    """
    if not is_glb(data):
        return Container(parse_json(memoryview(data), limits=limits, report=report), None)
    if len(data) < 20:
        raise GltfError("", f"the file is cut off after {len(data)} bytes; fetch or export it again")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise GltfError("", f"GLB version {version} is not read, only version 2; convert it to glTF 2.0")
    if length > len(data):
        raise GltfError("", f"the file is cut off: {len(data)} of {length} bytes; fetch or export it again")
    if length < len(data):
        report.warning("", f"{len(data) - length} bytes follow the end of the GLB")
    chunks = _list_chunks(memoryview(data)[:length], report)
    if not chunks or chunks[0][0] != JSON_CHUNK:
        raise GltfError("", "the first chunk of the GLB is not JSON; export the model again")
    binary: memoryview | None = None
    for order, (kind, body) in enumerate(chunks[1:], 1):
        if kind == BIN_CHUNK and order == 1:
            binary = body
        elif kind in (BIN_CHUNK, JSON_CHUNK):
            report.error("", f"chunk {order} of the GLB repeats a chunk or is out of order, and is left out")
        else:
            report.warning("", f"chunk {order} of the GLB has an unknown type, and is left out")
    return Container(parse_json(chunks[0][1], limits=limits, report=report), binary)


def _list_chunks(data: memoryview, report: Report) -> list[tuple[int, memoryview]]:
    chunks: list[tuple[int, memoryview]] = []
    at = 12
    while at + 8 <= len(data):
        size, kind = struct.unpack_from("<II", data, at)
        if size > len(data) - at - 8:
            raise GltfError("", f"chunk {len(chunks)} of the GLB is cut off; fetch or export it again")
        if size % 4:
            report.error("", f"the length of chunk {len(chunks)} of the GLB is not a multiple of 4")
        chunks.append((kind, data[at + 8 : at + 8 + size]))
        at += 8 + size
        if len(chunks) > 1000:
            raise GltfError("", "the GLB has more than 1,000 chunks; export the model again")
    if at != len(data):
        report.error("", f"{len(data) - at} bytes after the last chunk of the GLB make no chunk")
    return chunks


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def parse_json(data: memoryview, *, limits: Limits, report: Report) -> dict[str, Any]:
    """Parse the JSON of a glTF, having weighed it first: one byte of brackets can cost a hundred of memory.

    Raises
    ------
    GltfError
        It is too large, too deep, or no JSON object.
    """
    if len(data) > limits.json_bytes:
        raise GltfError("", f"its JSON has {len(data):,} bytes, more than the {limits.json_bytes:,} allowed")
    text = bytes(data)
    if text.startswith(b"\xef\xbb\xbf"):
        report.error("", "the JSON begins with a byte order mark")
        text = text[3:]
    if text.count(b"{") + text.count(b"[") > limits.json_containers or text.count(b",") > limits.json_values:
        raise GltfError("", "its JSON holds more objects or values than allowed; split the model")
    try:
        root = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise GltfError("", f"its JSON is not UTF-8 (byte {error.start}); export the model again") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise GltfError("", f"it is no glTF: invalid JSON at {place}: {error.msg}") from None
    except ValueError as error:
        raise GltfError("", f"its JSON holds a bad number: {error}"[:200]) from None
    except RecursionError:
        raise GltfError("", "its JSON is nested too deeply; export the model again") from None
    if not isinstance(root, dict):
        raise GltfError("", "it is no glTF: the JSON is not an object")
    return root
