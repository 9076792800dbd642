"""Mods that somebody has agreed to by where they come from: the samples', which ship with Taixu, in one's own copy."""

from __future__ import annotations

from pathlib import Path

from taixu.errors import TaixuError
from taixu.mods.packages.consents import Consents
from taixu.mods.packages.project_mods import ProjectMods
from taixu.mods.packages.requests import requests_of

__all__ = ["agree_to_own"]


def agree_to_own(folder: Path) -> None:
    """Agree to the mods in work of a folder; one that is none is left to be told of where mods are shown."""
    if not folder.is_dir():
        return
    try:
        works = ProjectMods(folder).in_work()
    except TaixuError:
        return
    consents = Consents(folder)
    for id, package in works.items():
        consents.grant(id, requests_of(package.manifest), version=str(package.manifest.version), content="", key="")
