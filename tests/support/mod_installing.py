"""Installing for tests: plan, agree, do; and what runs afterwards."""

from __future__ import annotations

from pathlib import Path

from mod_packages import Keeper

from taixu.mods.packages.install_plan import Plan
from taixu.mods.packages.installing import InstallOptions, apply_plan, plan_install
from taixu.mods.packages.project_mods import LoadableMods, ProjectMods

__all__ = ["NET", "SPAWN", "from_index", "ids", "install", "kinds", "running"]

SPAWN = '[capabilities.spawn]\nmax = {}\nwhy = "fish"\n'
NET = '[capabilities.net]\nhosts = ["{}"]\nwhy = "weather"\n'


def install(folder: Path, *wanted: str | Path, accept: str = "", **options: object) -> Plan:
    """Plan, agree to what is printed and to alarms that are named, and do it."""
    chosen = InstallOptions(accept=frozenset(accept.split()), **options)
    plan = plan_install(folder, [str(each) for each in wanted], chosen)
    apply_plan(folder, plan, chosen)
    return plan


def running(folder: Path, settings: dict[str, object] | None = None) -> LoadableMods:
    """What may run of a folder."""
    return ProjectMods(folder).loadable(settings)


def ids(found: LoadableMods) -> list[str]:
    """Ids in load order."""
    return [mod.package.id for mod in found.mods]


def kinds(plan: Plan) -> list[str]:
    """What a plan warns of."""
    return [alarm.kind for alarm in plan.alarms]


def from_index(keeper: Keeper) -> dict[str, object]:
    """Options: from this keeper's index, as it is now."""
    return {"indexes": (str(keeper.publish()),), "index_key": keeper.key.public.text}
