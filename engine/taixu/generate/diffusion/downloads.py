"""Downloading from huggingface's hub, only where the user has allowed it by ``TAIXU_DOWNLOAD=1``.

Of a repository only configurations, vocabularies, the card and safetensors are fetched: nothing that could be run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError

__all__ = ["download_model"]

_CONFIGURATION = ["*.json", "*.txt", "*.model", "README.md", "LICENSE*"]


def download_model(name: str, *, configuration_only: bool = False) -> Path:
    """Fetch ``maker/name[@revision]`` into the hub's cache; its size and licence are told on standard error before.

    Raises
    ------
    TaixuError
        When it may not be downloaded, is not there, or the network fails.
    """
    if os.environ.get("TAIXU_DOWNLOAD") != "1":
        raise TaixuError(f"the model {name!r} is not on this machine; TAIXU_DOWNLOAD=1 allows to download it")
    import huggingface_hub

    repository, _, revision = name.partition("@")
    try:
        about = huggingface_hub.model_info(repository, revision=revision or None, files_metadata=True)
        weights = {each.rfilename: each.size or 0 for each in about.siblings or () if each.rfilename.endswith(".safetensors")}
        # Whole checkpoints at a repository's root are the weights of its folders once more.
        parts = {file: size for file, size in weights.items() if "/" in file} or weights
        parts = {file: size for file, size in parts.items() if not _is_half_of_whole(file, parts)}
        if not configuration_only and not parts:
            raise TaixuError(f"the model {name!r} has no safetensors on the hub; use one that has")
        wanted = _CONFIGURATION if configuration_only else [*_CONFIGURATION, *parts]
        size = 0 if configuration_only else sum(parts.values())
        sys.stderr.write(f"{repository}: downloading {size / 2**30:.1f} GB, under {_licence(about.card_data)}\n")
        found = huggingface_hub.snapshot_download(
            repository, revision=revision or None, allow_patterns=wanted, ignore_patterns=["*.py"]
        )
    except TaixuError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise TaixuError(f"the model {name!r} cannot be downloaded ({said}); see whether you are online, and may use it") from error
    return Path(found)


def _is_half_of_whole(file: str, parts: Collection[str]) -> bool:
    """Whether these are weights in half precision that are there in whole, too: the second are read, in whatever precision."""
    folder = file.rpartition("/")[0]
    return ".fp16" in file and any(each.rpartition("/")[0] == folder and ".fp16" not in each for each in parts)


def _licence(card: Any) -> str:
    said = card.to_dict() if card is not None else {}
    return str(said.get("license_name") or said.get("license") or "a licence that its card does not name")
