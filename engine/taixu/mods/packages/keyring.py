"""The user's own keys: files of minisign in the user's folder, mode 0600, locked with a password."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError, UsageError
from taixu.mods.packages.minisign import PublicKey, parse_public_key
from taixu.mods.packages.secret_key import SecretKey, lock_key, make_key, unlock_key
from taixu.mods.packages.user_files import private_folder, user_folder, write_owned

__all__ = ["KeyFile", "list_keys", "new_key", "read_key_text", "use_key"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}\Z", re.ASCII)
_MAX_BYTES = 4096
_LEAST_PASSWORD = 8


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key of the user's: its name and its public half; the secret half lies beside."""

    name: str
    public: PublicKey
    file: Path


def list_keys() -> list[KeyFile]:
    """The user's keys by name."""
    found = []
    for file in sorted((user_folder() / "keys").glob("*.pub")):
        key = parse_public_key(read_bytes(file, max_bytes=_MAX_BYTES).decode("utf-8", "replace"), file=str(file))
        found.append(KeyFile(file.stem, key, file.with_suffix(".key")))
    return found


def new_key(name: str, password: str) -> KeyFile:
    """Make a key.

    Raises
    ------
    TaixuError
        When the name is taken, or the password is too short.
    """
    if not _NAME.match(name):
        raise UsageError(f"{name!r:.40} is no name of a key; take lower-case letters, digits, _ and -")
    if len(password) < _LEAST_PASSWORD:
        raise TaixuError(f"the password has {len(password)} letters; take {_LEAST_PASSWORD} or more: it is all that guards the key")
    folder = private_folder() / "keys"
    folder.mkdir(exist_ok=True, mode=0o700)
    file = folder / f"{name}.key"
    if file.exists() or file.with_suffix(".pub").exists():
        raise TaixuError(f"there is a key {name} already, {file}; a lost key cannot be made again")
    key = make_key()
    write_owned(file, lock_key(key, password))
    write_owned(file.with_suffix(".pub"), key.public.file_text)
    return KeyFile(name, key.public, file)


def use_key(name: str, password: str) -> SecretKey:
    """Unlock a key of the user's, by name or by the path of its file.

    Raises
    ------
    TaixuError
        When there is none, others may read it, or the password is wrong.
    """
    file = Path(name) if os.sep in name or name.endswith(".key") else user_folder() / "keys" / f"{name}.key"
    if not file.is_file():
        raise TaixuError(f"there is no key {name}; `taixu mod keys new {name}` makes one")
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise TaixuError(f"{file}: others on this machine may read it; run: chmod 600 {file}")
    return unlock_key(read_bytes(file, max_bytes=_MAX_BYTES).decode("utf-8", "replace"), password, file=str(file))


def read_key_text(text: str) -> PublicKey:
    """A public key as people name it: a file, a line of base64, or the name of one of their own.

    Raises
    ------
    TaixuError
        When it is none of these.
    """
    own = user_folder() / "keys" / f"{text}.pub"
    for file in (Path(text), own) if len(text) < 1024 else ():
        if file.is_file():
            return parse_public_key(read_bytes(file, max_bytes=_MAX_BYTES).decode("utf-8", "replace"), file=str(file))
    return parse_public_key(text, file=f"{text!r:.60}")
