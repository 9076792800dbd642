"""Mods that attack the world they run in: floods, forged commands, wrong entities, numbers that are none, borrowed rights.

Each has a source that runs as a mod, and one that does the same harm as a project's own script, which nothing holds back;
where there is one source only, it is both. `harm` names what to look for in the world afterwards (`HARMS`), `told` is what the
user reads, once and in one line.
"""

from hostile_worlds.attack import BALL, LAMP, PLAYER, VICTIM, WorldAttack
from hostile_worlds.entities import OTHERS
from hostile_worlds.floods import FLOODS
from hostile_worlds.harms import HARMS, KEPT_KB, Witness, heard_by
from hostile_worlds.nonsense import NONSENSE
from hostile_worlds.people import PEOPLE

__all__ = ["BALL", "HARMS", "KEPT_KB", "LAMP", "PLAYER", "VICTIM", "WORLD_ATTACKS", "Witness", "WorldAttack", "heard_by"]

WORLD_ATTACKS: dict[str, dict[str, WorldAttack]] = {**FLOODS, **OTHERS, **NONSENSE, **PEOPLE}
