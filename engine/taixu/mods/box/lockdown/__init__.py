"""The second wall: what the operating system denies to the helper process, should WebAssembly itself have a hole.

`prepare` runs while the process has one thread and may still do anything; `seal` runs last, after threads stand, and is
the point of no return. Both report layers, and a layer stands only where the system's own call said so. On Linux
everything is there: no new privileges, no capabilities, nobody's ids, resource limits, Landlock with nothing allowed, a
list of about twenty system calls. Elsewhere it is what the system offers a process for itself, which is less, and the
report says what is missing. Standard library only: this is imported before a mod's first line and must be quick.
"""

from __future__ import annotations

import sys

from taixu.mods.box.lockdown.layer import Layer, Plan

__all__ = ["Layer", "Plan", "describe_gaps", "prepare", "seal"]

_SYSTEM: str = sys.platform  # by another name, for type checkers take the one for a constant


def prepare(plan: Plan) -> list[Layer]:
    """Close everything that can be closed while a thread must still be started.

    Parameters
    ----------
    plan
        What the process keeps.

    Returns
    -------
    list of Layer
        In the order in which they were put up.
    """
    if _SYSTEM == "linux":
        from taixu.mods.box.lockdown import linux

        return linux.prepare(plan)
    if _SYSTEM == "darwin":
        from taixu.mods.box.lockdown import macos

        return macos.prepare(plan)
    if _SYSTEM == "win32":
        from taixu.mods.box.lockdown import windows

        return windows.prepare(plan)
    return [Layer("system", False, f"{_SYSTEM} has no second wall here")]


def seal(plan: Plan) -> list[Layer]:
    """Close the rest, for all threads of the process; nothing can be opened, started or loaded afterwards."""
    if _SYSTEM == "linux":
        from taixu.mods.box.lockdown import linux

        return linux.seal(plan)
    if _SYSTEM == "darwin":
        from taixu.mods.box.lockdown import macos

        return macos.seal(plan)
    return []


def describe_gaps(layers: list[Layer]) -> str:
    """Give one sentence for a badge: what the second wall lacks; empty where all layers stand."""
    gaps = [layer for layer in layers if not layer.stands]
    if not layers:
        return "Mods have one wall only (WebAssembly): the helper process reported no protection by the operating system."
    if not gaps:
        return ""
    return "The operating system's wall around mods has gaps: " + "; ".join(f"{gap.name} ({gap.detail})" for gap in gaps) + "."
