"""Records in files: an XMP packet in PNG, JPEG and WAV, ``asset.extras`` in GLB. Pictures and sounds themselves are not touched."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.assets.sidecar import Provenance
from taixu.errors import TaixuError
from taixu.generate.provenance.chunks import (
    Chunk,
    join_glb,
    join_jpeg,
    join_png,
    join_riff,
    split_glb,
    split_jpeg,
    split_png,
    split_riff,
)
from taixu.generate.provenance.record import aigc_label, record_of, source_type_uri
from taixu.generate.provenance.xmp import packet_of, record_in_packet

__all__ = ["RECORDED_SUFFIXES", "read_record", "read_record_bytes", "with_record", "without_record", "write_record"]

_MOST_BYTES = 1 << 30
_PNG_XMP = b"XML:com.adobe.xmp\0\0\0\0\0"
_PNG_AIGC = b"AIGC\0\0\0\0\0"
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_JPEG_SIGNATURE = b"\xff\xeb"
_EXTRAS = ("taixu", "AIGC", "digitalSourceType")
_SIGNATURES = (b"caBX", b"C2PA")


def write_record(path: Path, provenance: Provenance) -> bool:
    """Put a record into a file, in place of the one in it; False where there is no place for one.

    A signature, which would be wrong now, goes.

    Raises
    ------
    TaixuError
        When the file is damaged, or cannot be written.
    """
    if path.suffix.lower() not in RECORDED_SUFFIXES:
        return False
    write_atomic(path, with_record(path, read_bytes(path, max_bytes=_MOST_BYTES), provenance))
    return True


def read_record(path: Path) -> dict[str, Any] | None:
    """The record in a file; None where there is none.

    Raises
    ------
    TaixuError
        When the file or the record is damaged.
    """
    if path.suffix.lower() not in RECORDED_SUFFIXES:
        return None
    return read_record_bytes(path, read_bytes(path, max_bytes=_MOST_BYTES))


def read_record_bytes(path: Path, data: bytes) -> dict[str, Any] | None:
    """The record in a file's bytes."""
    return _told(path, lambda: _READERS[path.suffix.lower()](data))


def with_record(path: Path, data: bytes, provenance: Provenance) -> bytes:
    """A file's bytes with a record in them."""
    return _told(path, lambda: _WRITERS[path.suffix.lower()](data, provenance))


def without_record(path: Path, data: bytes) -> bytes:
    """A file's bytes with neither record nor signature; as they are where there is no place for one."""
    bare = _BARE.get(path.suffix.lower())
    return data if bare is None else _told(path, lambda: bare(data))


def _told(path: Path, act: Callable[[], Any]) -> Any:
    try:
        return act()
    except TaixuError as error:
        raise TaixuError(f"{path}: {error}") from error


def _png_chunks(data: bytes) -> list[Chunk]:
    return [
        (name, body) for name, body in split_png(data)
        if name not in _SIGNATURES and not (name == b"iTXt" and body.startswith((b"XML:com.adobe.xmp\0", b"AIGC\0")))
    ]  # fmt: skip


def _write_png(data: bytes, provenance: Provenance) -> bytes:
    chunks = _png_chunks(data)
    at = next((i for i, (name, _) in enumerate(chunks) if name == b"IDAT"), len(chunks) - 1)
    label = json.dumps(aigc_label(provenance), ensure_ascii=False).encode()
    return join_png([*chunks[:at], (b"iTXt", _PNG_XMP + packet_of(provenance)), (b"iTXt", _PNG_AIGC + label), *chunks[at:]])


def _read_png(data: bytes) -> dict[str, Any] | None:
    packets = (body for name, body in split_png(data) if name == b"iTXt" and body.startswith(b"XML:com.adobe.xmp\0"))
    return next(filter(None, map(record_in_packet, packets)), None)


def _jpeg_segments(data: bytes) -> list[Chunk]:
    return [
        (marker, body) for marker, body in split_jpeg(data)
        if not (marker == b"\xff\xe1" and body.startswith(_JPEG_XMP)) and marker != _JPEG_SIGNATURE
    ]  # fmt: skip


def _write_jpeg(data: bytes, provenance: Provenance) -> bytes:
    segments = _jpeg_segments(data)
    packet = packet_of(provenance)
    if len(packet) > 65_000:  # a segment's length has 16 bits
        raise TaixuError("a record of more than 65,000 bytes has no place in a JPEG; write a PNG, or use fewer words")
    at = 1 if segments[0][0] == b"\xff\xe0" else 0
    return join_jpeg([*segments[:at], (b"\xff\xe1", _JPEG_XMP + packet), *segments[at:]])


def _read_jpeg(data: bytes) -> dict[str, Any] | None:
    packets = (body for marker, body in split_jpeg(data) if marker == b"\xff\xe1" and body.startswith(_JPEG_XMP))
    return next(filter(None, map(record_in_packet, packets)), None)


def _wav_chunks(data: bytes) -> list[Chunk]:
    kept = [(name, body) for name, body in split_riff(data) if name not in (*_SIGNATURES, b"_PMX")]
    ours = b"INFO" + _info(b"ISFT", "Taixu")
    return [(name, body) for name, body in kept if not (name == b"LIST" and body.startswith(ours))]


def _write_wav(data: bytes, provenance: Provenance) -> bytes:
    label = json.dumps(aigc_label(provenance), ensure_ascii=False)
    info = _info(b"ISFT", "Taixu") + _info(b"ICMT", f'{{"AIGC":{label}}}')
    return join_riff([*_wav_chunks(data), (b"LIST", b"INFO" + info), (b"_PMX", packet_of(provenance))])


def _info(name: bytes, text: str) -> bytes:
    body = text.encode() + b"\0"
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _read_wav(data: bytes) -> dict[str, Any] | None:
    return next(filter(None, (record_in_packet(body) for name, body in split_riff(data) if name == b"_PMX")), None)


def _glb_root(chunks: list[Chunk]) -> dict[str, Any]:
    try:
        root = json.loads(chunks[0][1])
    except (ValueError, RecursionError) as error:
        raise TaixuError("is a GLB whose JSON cannot be read") from error
    if not isinstance(root, dict) or not isinstance(root.get("asset"), dict):
        raise TaixuError("is a GLB that does not say what it is (`asset`)")
    return root


def _glb_without(root: dict[str, Any]) -> dict[str, Any]:
    extras = root["asset"].get("extras")
    if isinstance(extras, dict):
        left = {name: value for name, value in extras.items() if name not in _EXTRAS}
        root["asset"] = {name: value for name, value in root["asset"].items() if name != "extras"} | (
            {"extras": left} if left else {}
        )
    return root


def _glb_bytes(chunks: list[Chunk], root: dict[str, Any]) -> bytes:
    text = json.dumps(root, ensure_ascii=False, separators=(",", ":")).encode()
    return join_glb([(b"JSON", text), *chunks[1:]])


def _bare_glb(data: bytes) -> bytes:
    chunks = split_glb(data)
    return _glb_bytes(chunks, _glb_without(_glb_root(chunks)))


def _write_glb(data: bytes, provenance: Provenance) -> bytes:
    chunks = split_glb(data)
    root = _glb_without(_glb_root(chunks))
    ours = {"taixu": record_of(provenance), "AIGC": aigc_label(provenance), "digitalSourceType": source_type_uri(provenance)}
    root["asset"]["extras"] = (root["asset"].get("extras") or {}) | ours
    return _glb_bytes(chunks, root)


def _read_glb(data: bytes) -> dict[str, Any] | None:
    extras = _glb_root(split_glb(data))["asset"].get("extras")
    found = extras.get("taixu") if isinstance(extras, dict) else None
    return found if isinstance(found, dict) else None


_READERS = {".png": _read_png, ".jpg": _read_jpeg, ".jpeg": _read_jpeg, ".wav": _read_wav, ".glb": _read_glb, ".vrm": _read_glb}
_WRITERS = {
    ".png": _write_png,
    ".jpg": _write_jpeg,
    ".jpeg": _write_jpeg,
    ".wav": _write_wav,
    ".glb": _write_glb,
    ".vrm": _write_glb,
}
_BARE: dict[str, Callable[[bytes], bytes]] = {
    ".png": lambda data: join_png(_png_chunks(data)), ".jpg": lambda data: join_jpeg(_jpeg_segments(data)),
    ".jpeg": lambda data: join_jpeg(_jpeg_segments(data)), ".wav": lambda data: join_riff(_wav_chunks(data)), ".glb": _bare_glb,
    ".vrm": _bare_glb,
}  # fmt: skip
RECORDED_SUFFIXES = tuple(_WRITERS)
"""Endings of files that have a place for a record."""
