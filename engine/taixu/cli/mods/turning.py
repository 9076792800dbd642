"""Turning mods on and off, in one world or in all that do not say otherwise."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from taixu.cli.mods.common import add_folder, mods_folder
from taixu.errors import TaixuError

__all__ = ["add_arguments", "turn"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the mods and the world."""
    parser.add_argument("ids", nargs="+", metavar="ID", help="as `taixu mod list` names them")
    parser.add_argument("--world", type=Path, metavar="WORLD", help="in this *.world.json alone; else in all that do not say")
    add_folder(parser)


def turn(args: argparse.Namespace, *, on: bool) -> int:
    """Write it into the world, or into the lock file."""
    from taixu.mods.packages.lock import write_lock
    from taixu.mods.packages.project_mods import ProjectMods
    from taixu.mods.packages.world_settings import set_enabled

    if args.world is not None and args.mods is None and args.project is None:
        # A world's own project, wherever this is called.
        roots = (each for each in args.world.resolve().parents if (each / "taixu.toml").is_file())
        args.project = next(roots, None)
    project = ProjectMods(mods_folder(args))
    in_work = project.in_work()
    for id in args.ids:
        if id not in project.lock and id not in in_work:
            raise TaixuError(f"{id} is not installed in {project.folder}; `taixu mod list` says what is")
        if args.world is None and id not in project.lock:
            raise TaixuError(f"{id} is in work, and runs in all worlds; name one with --world")
    if args.world is None:
        changed = {id: replace(project.lock[id], enabled=on) for id in args.ids}
        write_lock(project.folder, {**project.lock, **changed})
    else:
        for id in args.ids:
            set_enabled(args.world, id, on)
    where = "all worlds that do not say otherwise" if args.world is None else args.world
    for id in args.ids:
        args.console.show(f"{id} is {'on' if on else 'off'} in {where}")
    args.console.answer({"ids": args.ids, "enabled": on, "world": None if args.world is None else str(args.world)})
    return 0
