"""Results that are dear to compute, kept on disk by the hash of what they came from."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.paths import cache_folder

__all__ = ["cached_array", "content_key", "find_array", "has_array", "keep_array"]


def content_key(*parts: object) -> str:
    """A name for what these arrays and values say; change a version among them when the computation changes."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(f"{part.dtype}{part.shape}".encode())
            digest.update(np.ascontiguousarray(part).data)
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()


def cached_array(kind: str, key: str, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
    """The array kept under `kind` and `key`, or what `make` gives, kept for the next time.

    A file that is damaged is made again, and a folder that cannot be written costs only the time.
    """
    found = find_array(kind, key)
    if found is None:
        found = make()
        keep_array(kind, key, found)
    return found


def find_array(kind: str, key: str) -> NDArray[Any] | None:
    """What is kept under `kind` and `key`; None where nothing is, or only what is damaged."""
    try:
        found: NDArray[Any] = np.load(cache_folder() / kind / f"{key}.npy", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found


def has_array(kind: str, key: str) -> bool:
    """Whether something is kept under `kind` and `key`."""
    return (cache_folder() / kind / f"{key}.npy").is_file()


def keep_array(kind: str, key: str, made: NDArray[Any]) -> None:
    """Keep an array for the next time, where the folder can be written."""
    file = cache_folder() / kind / f"{key}.npy"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(handle, "wb") as stream:
            np.save(stream, made)
        os.replace(name, file)
    except OSError:
        pass
