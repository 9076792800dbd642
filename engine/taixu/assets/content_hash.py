"""What a file says, as a short text: it stays when the file moves and changes when a byte does."""

from __future__ import annotations

import hashlib
from pathlib import Path

from taixu.errors import TaixuError

__all__ = ["content_hash", "hash_bytes"]


def hash_bytes(data: bytes | bytearray | memoryview) -> str:
    """BLAKE2b of the bytes with 128 bits, as 32 hexadecimal digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def content_hash(path: str | Path) -> str:
    """`hash_bytes` of a file, however large.

    Raises
    ------
    TaixuError
        When it cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    try:
        with Path(path).open("rb") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    except OSError as error:
        raise TaixuError(f"{path}: cannot be read: {error.strerror}") from error
    return digest.hexdigest()
