"""``taixu mod list``: what is installed, in load order, and whether it runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from taixu.cli.mods.common import add_folder, mods_folder

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Lists mods in load order, what each may do, and why those that do not run do not."
usage = "[options]"
example = "taixu mod list --world worlds/main.world.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the world and the folder."""
    parser.add_argument("--world", type=Path, metavar="WORLD", help="as in this world; else as in one that says nothing of mods")
    add_folder(parser)


def run(args: argparse.Namespace) -> int:
    """Tell."""
    from taixu.mods.packages.project_mods import ProjectMods
    from taixu.mods.packages.requests import requests_of
    from taixu.mods.packages.world_settings import settings_of

    project = ProjectMods(mods_folder(args))
    found = project.loadable(settings_of(args.world) if args.world is not None else None)
    mods = []
    for mod in found.mods:
        manifest, locked = mod.package.manifest, project.lock.get(mod.package.id)
        place = "in work" if locked is None else locked.source.removeprefix("index ")
        args.console.show(f"{manifest.label}: {manifest.title}; {place}")
        denied = manifest.capabilities.keys() - mod.capabilities.keys()
        granted = [each for each in requests_of(manifest) if each.name not in denied]
        for request in granted:
            args.console.show(f"  {request.text}")
        mods.append({
            "id": manifest.id, "version": str(manifest.version), "title": manifest.title, "content": mod.package.hash,
            "source": place, "key": locked.key if locked else "", "may": [each.name for each in granted], "in_work": locked is None,
        })  # fmt: skip
    for id, why in found.refused.items():
        args.console.show(f"{id} does not run: {why}")
    for shared in found.shared:
        args.console.show(f"note: {shared}")
    if not found.mods and not found.refused:
        args.console.say("no mods; taixu mod install brings some, taixu mod new makes one")
    args.console.answer({
        "mods": mods, "refused": dict(found.refused), "shared": [{"column": each.column, "ids": each.ids} for each in found.shared],
    })  # fmt: skip
    return 0
