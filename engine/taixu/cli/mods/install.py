"""``taixu mod install``: shows what would be done and what each mod asks for, asks, and does it."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from typing import TYPE_CHECKING

from taixu.cli.mods.common import add_folder, ask, mods_folder
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.mods.packages.install_plan import Plan
    from taixu.mods.packages.installing import InstallOptions

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Installs mods after asking: folders, zips, ids; alone, what the lock file names and mods in work need."
usage = "[MOD...] [options]"
example = "taixu mod install alice.swarm@^1.2 --index https://mods.example.org/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is wanted, where from, and what is agreed to."""
    add = parser.add_argument
    add("mods_wanted", nargs="*", metavar="MOD", help="a folder, a zip, an id, or an id with versions")
    add("--index", action="append", default=[], metavar="PLACE", help="an index: https://..., or a folder; often")
    add("--index-key", default="", metavar="KEY", help="its public key; else asked about at first sight")
    add("--key", default="", metavar="KEY", help="the public key of the zips that are named")
    add("--update", action="store_true", help="newer versions: of what is named, or of all")
    add("--offline", action="store_true", help="use what was fetched before")
    add("--yes", action="store_true", help="agree to what is printed, but to nothing that says CAREFUL")
    add("--accept", action="append", default=[], metavar="WHAT", help="agree to key, origin, downgrade, look-alike, index or stale")
    add("--deny", default="", metavar="NAMES", help="capabilities to refuse, by comma; the mods run without")
    add("--dry-run", action="store_true", help="show it only")
    add_folder(parser)


def run(args: argparse.Namespace) -> int:
    """Plan, show, ask, do."""
    from taixu.mods.packages.install_plan import plan_lines
    from taixu.mods.packages.installing import InstallOptions, apply_plan, plan_install

    folder = mods_folder(args)
    options = InstallOptions(
        tuple(args.index), args.index_key, args.key, update=args.update, offline=args.offline,
        accept=frozenset(filter(None, ",".join(args.accept).split(","))), denied=_denied(args.deny),
    )  # fmt: skip
    plan = plan_install(folder, args.mods_wanted, options)
    for line in plan_lines(plan):
        (args.console.say if args.console.json else args.console.show)(line)
    if not plan.changes and not plan.removed:
        args.console.show("nothing is to be done")
    elif not args.dry_run:
        options = _agreed(plan, options, args)
    if not args.dry_run:
        apply_plan(folder, plan, options)
    args.console.answer({**plan.to_json(), "installed": not args.dry_run, "folder": str(folder)})
    return 0


def _agreed(plan: Plan, options: InstallOptions, args: argparse.Namespace) -> InstallOptions:
    """The options with the alarms that somebody agreed to here.

    Raises
    ------
    TaixuError
        When nobody agreed.
    """
    for alarm in plan.alarms:
        if alarm.kind in options.accept:
            continue
        if args.yes or not ask(f"{alarm.text}. Go on all the same?", console=args.console):
            raise TaixuError(f"nothing was installed: {alarm.text}; --accept {alarm.kind} agrees to that")
        options = dataclasses.replace(options, accept=options.accept | {alarm.kind})
    if not args.yes and not ask("Agree to all of this?", console=args.console):
        is_asked = sys.stdin is not None and sys.stdin.isatty()
        raise TaixuError("nothing was installed" + ("" if is_asked else "; nobody is here to agree: --yes does"))
    return options


def _denied(text: str) -> frozenset[str]:
    from taixu.mods.packages.manifest_rules import CAPABILITIES

    names = frozenset(filter(None, text.split(",")))
    unknown = sorted(names - CAPABILITIES.keys())
    if unknown:
        raise TaixuError(f"--deny: there is no capability {unknown[0]!r}; there are {', '.join(CAPABILITIES)}")
    return names
