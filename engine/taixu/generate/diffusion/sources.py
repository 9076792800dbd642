"""Where a model lies that the user names: a folder, one file, or a name on the hub whose files are in the hub's cache."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from taixu.errors import TaixuError
from taixu.generate.diffusion.model_folder import need_safe_folder
from taixu.generate.model_facts import ModelFacts, model_facts

__all__ = ["diffusion_facts", "find_in_hub_cache", "hub_cache_folder"]

_WORD = r"[A-Za-z0-9][\w.-]{0,95}"
_HUB_NAME = re.compile(rf"(?P<maker>{_WORD})/(?P<name>{_WORD})(?:@(?P<revision>{_WORD}))?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def diffusion_facts(name: str) -> ModelFacts:
    """The facts of a model: where it lies, its hash, its licence.

    A path comes first; ``maker/name`` (or ``maker/name@revision``) is looked for in the cache of huggingface's hub. Nothing is
    downloaded unless the environment's ``TAIXU_DOWNLOAD`` is 1.

    Raises
    ------
    TaixuError
        When it is nowhere.
    """
    path = Path(name).expanduser()
    if path.exists():
        if path.is_dir():
            need_safe_folder(path)  # before all of it is read for its hash
        return model_facts(name)
    named = _HUB_NAME.fullmatch(name)
    if named is None:
        return model_facts(name)
    folder = find_in_hub_cache(name)
    if folder is None and os.environ.get("TAIXU_DOWNLOAD") == "1":
        from taixu.generate.diffusion.downloads import download_model

        folder = download_model(name)
    if folder is None:
        raise TaixuError(
            f"the model {name!r} is neither a folder here nor in the hub's cache; TAIXU_DOWNLOAD=1 allows to download it"
        )
    need_safe_folder(folder)
    return replace(model_facts(str(folder)), name=f"{named['maker']}/{named['name']}", path=folder)


def find_in_hub_cache(name: str) -> Path | None:
    """The snapshot of ``maker/name[@revision]`` in the hub's cache; None where it is not there."""
    named = _HUB_NAME.fullmatch(name)
    if named is None:
        return None
    repository = hub_cache_folder() / f"models--{named['maker']}--{named['name']}"
    revision = named["revision"] or "main"
    commit = revision
    if not _COMMIT.fullmatch(revision):
        try:
            commit = (repository / "refs" / revision).read_text("ascii")[:64].strip()
        except (OSError, ValueError):
            return None
    folder = repository / "snapshots" / commit
    return folder if _COMMIT.fullmatch(commit) and folder.is_dir() else None


def hub_cache_folder() -> Path:
    """Where huggingface keeps what it downloads: ``HF_HUB_CACHE``, else in ``HF_HOME``, else in the user's cache folder."""
    if named := os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE"):
        return Path(named).expanduser()
    if home := os.environ.get("HF_HOME"):
        return Path(home).expanduser() / "hub"
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches).expanduser() / "huggingface" / "hub"
