"""The image of Python for mods: checked, compiled once on this machine, and checked again before it is used.

What ships is ``image/python.wasm.xz`` with its SHA-256. Compiling takes some seconds, so it is done once and kept in the
user's cache, in a folder that nobody else may enter. The compiled file is native code that will be loaded and run: beside
it lies a MAC made with a key that only this user can read, and a file whose MAC does not fit is not loaded but made anew.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import lzma
import os
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from taixu.assets.paths import cache_folder
from taixu.errors import MachineError
from taixu.mods.box.runtime import configuration_key, make_engine

__all__ = ["Progress", "compiled", "image_hash", "inside", "read_image"]

Progress = Callable[[float, str], None]
"""Told how far it is (0 to 1) and what is done."""

_MOST_IMAGE_BYTES = 64 << 20
_MOST_COMPILED_BYTES = 512 << 20
_MOST_KEPT = 3
_WAIT_SECS = 1200.0
_STALE_SECS = 900.0


def compiled(*, progress: Progress | None = None, source: Path | None = None, cache: Path | None = None) -> Path:
    """The compiled image in the user's cache; made first where it is missing, damaged or of another version.

    Parameters
    ----------
    progress
        Called while it is made; never where it is there already.
    source
        The folder that holds ``python.wasm.xz`` and ``python.wasm.sha256``; the one that ships, by default.
    cache
        Where to keep it; the user's cache, by default.

    Raises
    ------
    MachineError
        If wasmtime is missing, the shipped image is damaged, or the cache cannot be written or is open to others.
    """
    source = source or Path(__file__).with_name("image")
    folder = (cache or cache_folder()) / "mods"
    _make_private(folder)
    path = folder / f"python-{image_hash(source)[:16]}-{configuration_key()}.compiled"
    key = _read_key(folder)
    if _is_sound(path, key):
        return path
    with _alone(path.with_suffix(".lock")):
        if not _is_sound(path, key):
            _compile(source, path, key, progress or (lambda part, text: None))
    return path


def image_hash(source: Path | None = None) -> str:
    """The SHA-256 of the image's bytes, as it was noted when the image was made."""
    file = (source or Path(__file__).with_name("image")) / "python.wasm.sha256"
    try:
        text = file.read_text("ascii").split()[0]
    except (OSError, IndexError, UnicodeDecodeError):
        text = ""
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise MachineError(f"{file}: it should hold the SHA-256 of the image of Python for mods; install taixu again")
    return text


@cache
def inside() -> dict[str, str]:
    """SHA-256 of the Python files that the shipped image holds, by name: those start with it and need not be sent."""
    try:
        found = json.loads((Path(__file__).with_name("image") / "guest.json").read_text("ascii"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(text) for name, text in found.items()}


def read_image(source: Path | None = None) -> bytes:
    """The image's bytes, unpacked and checked.

    Raises
    ------
    MachineError
        If it is missing, or is not what its hash says.
    """
    file = (source or Path(__file__).with_name("image")) / "python.wasm.xz"
    try:
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=512 << 20)
        data = unpacker.decompress(file.read_bytes(), _MOST_IMAGE_BYTES)
        whole = unpacker.eof
    except (OSError, lzma.LZMAError, EOFError):
        data, whole = b"", False
    if not whole or not hmac.compare_digest(hashlib.sha256(data).hexdigest(), image_hash(source)):
        raise MachineError(f"{file}: the image of Python for mods is damaged; install taixu again")
    return data


def _compile(source: Path, path: Path, key: bytes, progress: Progress) -> None:
    progress(0.0, "Unpacking Python for mods")
    engine = make_engine()
    data = read_image(source)
    from wasmtime import Module

    progress(0.1, "Compiling Python for mods, once")
    code = bytes(Module(engine, data).serialize())
    progress(0.9, "Keeping it")
    _forget_old(path.parent)
    _write(_seal_of(path), hmac.new(key, code, hashlib.sha256).digest())
    _write(path, code)
    progress(1.0, "Python for mods is ready")


def _forget_old(folder: Path) -> None:
    """Keep the newest few: of other versions of Taixu and of wasmtime that this user runs."""
    newest_first = sorted(folder.glob("python-*.compiled"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in newest_first[_MOST_KEPT - 1 :]:
        with suppress(OSError):  # elsewhere it may be loaded just now
            old.unlink()
            _seal_of(old).unlink()


def _seal_of(path: Path) -> Path:
    return path.with_suffix(".compiled.mac")


def _is_sound(path: Path, key: bytes) -> bool:
    """Whether the compiled file is ours, whole, and has the MAC that was noted when it was made."""
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            if not _is_ours(facts) or not stat.S_ISREG(facts.st_mode) or facts.st_size > _MOST_COMPILED_BYTES:
                return False
            found = hmac.new(key, digestmod=hashlib.sha256)
            while piece := file.read(1 << 20):
                found.update(piece)
        noted = _seal_of(path).read_bytes()
    except OSError:
        return False
    return hmac.compare_digest(found.digest(), noted)


def _is_ours(facts: os.stat_result) -> bool:
    return sys.platform == "win32" or facts.st_uid == os.getuid()


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or not _is_ours(facts):
            raise MachineError(f"{folder}: mods keep compiled code here, so it must be a folder of yours; move it away")
        if sys.platform != "win32" and facts.st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise MachineError(f"{folder}: mods keep compiled code here, which failed: {error.strerror}") from None


def _read_key(folder: Path) -> bytes:
    """The user's key, made at the first use."""
    file = folder / "key"
    try:
        if len(file.read_bytes()) != 32:
            file.unlink()
    except OSError:
        pass
    try:
        if not file.exists():
            made = folder / f"key-{secrets.token_hex(8)}"
            _write(made, secrets.token_bytes(32))
            try:
                os.link(made, file)  # the first of several that start at once wins
            except FileExistsError:
                pass
            finally:
                made.unlink(missing_ok=True)
        return file.read_bytes()
    except OSError as error:
        raise MachineError(f"{file}: the key for compiled mods cannot be kept: {error.strerror}") from None


def _write(path: Path, data: bytes) -> None:
    """Write whole or not at all, readable by the user alone."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise MachineError(f"{path}: cannot be written: {error.strerror}") from None


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time; a lock whose holder is gone is taken over."""
    deadline = time.monotonic() + _WAIT_SECS
    while True:
        try:
            os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            break
        except FileExistsError:
            try:
                if time.time() - lock.stat().st_mtime > _STALE_SECS:
                    lock.unlink(missing_ok=True)
                    continue
            except FileNotFoundError:
                continue
            if time.monotonic() > deadline:
                raise MachineError(f"{lock}: another process has been compiling Python for mods; delete this file") from None
            time.sleep(0.05)
        except OSError as error:
            raise MachineError(f"{lock}: cannot be written: {error.strerror}") from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
