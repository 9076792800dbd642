"""What is known of the weights that a generator is given: where they lie, their content and their licence."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from taixu.assets.atomic import write_atomic
from taixu.assets.content_hash import content_hash
from taixu.assets.paths import cache_folder, read_bytes
from taixu.errors import TaixuError

__all__ = ["NO_MODEL", "ModelFacts", "model_facts"]

_MOST_FILES = 4096
_LICENCE = re.compile(r"^license(?:_name)?:\s*[\"']?([\w.+-]+)", re.M)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model.

    Attributes
    ----------
    name
        As records call it: never a path of this machine.
    path
        Its folder or file; None where there are no weights.
    hash
        Of all of its bytes.
    licence
        As its model card has it; empty where nothing says so.
    """

    name: str = ""
    path: Path | None = None
    hash: str = ""
    licence: str = ""


NO_MODEL = ModelFacts()


def model_facts(name: str) -> ModelFacts:
    """The facts of a folder or a file of weights.

    Raises
    ------
    TaixuError
        When there is no such thing, or it leads out of itself.
    """
    if not name:
        return NO_MODEL
    path = Path(name).expanduser()
    if not path.exists():
        raise TaixuError(f"there is no model {name[:200]!r}; name a folder or a file of weights")
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    if len(files) > _MOST_FILES:
        raise TaixuError(f"{path}: has {len(files):,} files, which is no model; name the folder of one")
    return ModelFacts(path.resolve().name, path.resolve(), _hash_of(path, files), _licence_of(path))


def _hash_of(path: Path, files: list[Path]) -> str:
    """One hash over names and contents; remembered by times and sizes, because weights have gigabytes."""
    stats = [(file.relative_to(path.parent).as_posix(), file.stat().st_mtime_ns, file.stat().st_size) for file in files]
    seen = hashlib.blake2b(json.dumps([str(path.resolve()), stats]).encode(), digest_size=16).hexdigest()
    known = cache_folder() / "generate" / "models" / seen
    with suppress(OSError):
        return known.read_text("ascii")[:32]
    digest = hashlib.blake2b(digest_size=16)
    for file in files:
        digest.update(f"{file.relative_to(path).as_posix()}\0{content_hash(file)}\n".encode())
    with suppress(TaixuError):
        write_atomic(known, digest.hexdigest())
    return digest.hexdigest()


def _licence_of(path: Path) -> str:
    """What the head of a model card says."""
    card = (path if path.is_dir() else path.parent) / "README.md"
    try:
        head = read_bytes(card, max_bytes=1 << 20).decode("utf-8", "replace")[:8192]
    except TaixuError:
        return ""
    found = _LICENCE.findall(head.partition("---")[2].partition("\n---")[0])
    return found[-1] if found else ""
