"""``taixu mod run``: a mod in a world without a window, and what it did, was refused and cost."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.cli.mods.common import add_folder, mods_folder
from taixu.cli.options import positive_integer, seed
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.mods.host import ModHost
    from taixu.mods.packages.project_mods import Loadable

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Runs a mod in the box, in a world without a window, and tells what it did, was refused and cost."
usage = "MOD --world WORLD [options]"
example = "taixu mod run mods/fish --world samples/playground --ticks 600"

_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the mod, the world and how long."""
    add = parser.add_argument
    add("mod", metavar="MOD", help="a folder or a zip, which gets what it asks for; or an installed id")
    add("--world", type=Path, required=True, metavar="WORLD", help="a project folder or a *.world.json file")
    add("--ticks", type=positive_integer, default=600, metavar="N", help="fixed steps; 600")
    add("--seed", type=seed, default=0, metavar="N", help="of the world's chance; 0")
    add("--trust", action="store_true", help="let the project run its own scripts, too")
    add_folder(parser)


def run(args: argparse.Namespace) -> int:
    """Load, run, report; status 1 when it was stopped for a fault."""
    from taixu.defaults import App
    from taixu.mods.host import ModHost
    from taixu.mods.playing import ModsPlugin

    mods, plugin = _mods(args), ModsPlugin()
    id = mods[-1].package.id
    with App.headless(seed=args.seed, trust=args.trust or None, plugins=(plugin,)) as app:
        app.open(args.world, mods=False)
        refused = plugin.load(app.world, tuple(mods))
        if id in refused:
            raise TaixuError(f"{args.mod}: {refused[id]}")
        with args.console.progress("running", args.ticks) as bar:
            app.run(ticks=args.ticks, progress=lambda done, total: bar.step())
        report = {**_report(app, app.resource(ModHost), id), "badge": plugin.badge}
    _show(report, args.console)
    args.console.answer(report)
    return TaixuError.exit_status if report["fault"] else 0


def _mods(args: argparse.Namespace) -> list[Loadable]:
    """The mod, after those that it needs where it is an installed one."""
    from taixu.mods.packages.package import is_mod, read_package
    from taixu.mods.packages.project_mods import Loadable, ProjectMods

    path = Path(args.mod)
    if is_mod(path):
        package = read_package(path)
        package.manifest.require_api()
        return [Loadable(package, package.manifest.capabilities, path if path.is_dir() else None)]
    if args.project is None and args.mods is None:
        world = args.world.resolve()
        args.project = next((folder for folder in (world, *world.parents) if (folder / "taixu.toml").is_file()), None)
    found = ProjectMods(mods_folder(args)).loadable()
    by_id = {mod.package.id: mod for mod in found.mods}
    if args.mod not in by_id:
        why = found.refused.get(args.mod, "there is no such folder or zip, and none of that id is installed")
        raise TaixuError(f"{args.mod}: {why}")
    needed, left = set(), [args.mod]
    while left:
        id = left.pop()
        needed.add(id)
        left += [other for other in by_id[id].package.manifest.depends if other not in needed]
    return [mod for mod in found.mods if mod.package.id in needed - {args.mod}] + [by_id[args.mod]]


def _report(app: App, host: ModHost, id: str) -> dict[str, Any]:
    import numpy as np

    mod = host.mods[id]
    micros = mod.cost.recent_micros
    lines = [line for line in host.log.messages if line.script.startswith(f"{id}/")]
    return {
        "mod": id, "ticks": app.clock.ticks, "trapped": mod.cost.traps, "refused": mod.cost.refused, "orders": mod.cost.orders,
        "p95_ms": round(float(np.percentile(micros, 95)) / 1000, 3) if micros else 0.0,
        "memory_mb": round(mod.cost.memory_bytes / (1 << 20), 2), "fuel": mod.cost.fuel, "state_hash": app.world.state_hash(),
        "fault": mod.fault, "log": [f"{line.level}: {line.text}" for line in lines],
    }  # fmt: skip


def _show(report: dict[str, Any], console: Any) -> None:
    if not (sys.stdout.isatty() and sys.stderr.isatty()):  # on a terminal they were said as they came
        for line in report["log"][-_SHOWN:]:
            console.show(f"  {line}")
    console.show(
        f"{report['mod']}: {report['ticks']} ticks, {report['p95_ms']} ms at worst of twenty, {report['memory_mb']} MB,"
        f" {report['orders']} orders, {report['refused']} refused, {report['trapped']} traps"
    )
    if report["fault"]:
        console.say(f"it was stopped: {report['fault']}")
    if report["badge"]:
        console.say(f"careful: {report['badge']}")
