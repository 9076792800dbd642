"""Names of copies: a copy of ``Box`` is ``Box 2``, of ``crate_07`` it is ``crate_08``, unless somebody is called that already."""

from __future__ import annotations

import re
from collections.abc import Iterable

from taixu.ecs import World
from taixu.scene import Name

__all__ = ["fresh_names"]

_NUMBERED = re.compile(r"(?P<base>.*?)(?P<digits>[0-9]{1,9})\Z", re.DOTALL)


def fresh_names(world: World, wishes: Iterable[str], *, are_copies: bool) -> list[str]:
    """Names that nobody in a world has, nor any other of the list; nameless ones stay so.

    Parameters
    ----------
    are_copies
        Whether the wishes are names of those that are copied, so that each is taken; else a wish that is free is granted.
    """
    wanted = list(wishes)
    taken = {name for table in world.query(Name) for name in table.read(Name, "text").tolist()} if any(wanted) else set()
    latest: dict[str, int] = {}
    """The last number that was tried, by what stands before it: a thousand copies of one take no thousand looks each."""
    found = []
    for wish in wanted:
        name = wish
        if wish and (are_copies or wish in taken):
            base, digits = _parts(wish)
            number = max(latest.get(base, 0), int(digits or 1))
            while (name := f"{base}{number + 1:0{len(digits)}d}") in taken:
                number += 1
            latest[base] = number + 1
        taken.add(name)
        found.append(name)
    return found


def _parts(name: str) -> tuple[str, str]:
    """What stands before the number, and the number's digits; a space and none where it has no number."""
    match = _NUMBERED.match(name)
    return (match["base"], match["digits"]) if match else (f"{name} ", "")
