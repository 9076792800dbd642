"""What a file holds, as a hash that record, signature and the way of packing leave alone."""

from __future__ import annotations

from pathlib import Path

from taixu.assets.content_hash import content_hash, hash_bytes
from taixu.assets.paths import read_bytes
from taixu.assets.sidecar import Provenance, read_sidecar
from taixu.errors import TaixuError
from taixu.generate.provenance.containers import RECORDED_SUFFIXES, read_record, without_record
from taixu.generate.provenance.record import provenance_from_record

__all__ = ["body_of", "content_and_body", "content_of", "hash_pixels", "provenance_of"]

_MOST_BYTES = 1 << 30


def body_of(path: Path) -> str:
    """The hash of what stands in a file.

    Of a PNG it is that of the pixels, of JPEG, WAV and GLB all but record and signature, of others all bytes.

    Raises
    ------
    TaixuError
        When it cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".png":
        from taixu.assets.image import decode_image

        return hash_pixels(decode_image(read_bytes(path, max_bytes=_MOST_BYTES), name=str(path)))
    if suffix in RECORDED_SUFFIXES:
        return hash_bytes(without_record(path, read_bytes(path, max_bytes=_MOST_BYTES)))
    return content_hash(path)


def content_of(path: Path) -> str:
    """The hash of what a file is: `body_of`, but before it was marked where it is as it was generated.

    Raises
    ------
    TaixuError
        When it cannot be read.
    """
    return content_and_body(path)[0]


def content_and_body(path: Path) -> tuple[str, str]:
    """`content_of` and `body_of`, for the price of one. Only the second is proof against a record that lies."""
    body = body_of(path)
    made = provenance_of(path)
    return made.content if made.content and made.body == body else body, body


def provenance_of(path: Path) -> Provenance:
    """What is known of how a file was made, from its sidecar, else from the record in it; empty where neither says anything."""
    try:
        sidecar = read_sidecar(path)
        if sidecar is not None and sidecar.provenance.generator:
            return sidecar.provenance
        record = read_record(path)
        return Provenance() if record is None else provenance_from_record(record)
    except TaixuError:  # a mistake in what is said of a file is no reason against the file
        return Provenance()


def hash_pixels(pixels: object) -> str:
    """The hash of an array's shape, type and numbers."""
    import numpy as np

    array = np.ascontiguousarray(pixels)
    return hash_bytes(f"{array.dtype.str}{array.shape}".encode() + array.tobytes())
