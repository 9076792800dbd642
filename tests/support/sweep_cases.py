"""Runs of sweeps that need no world."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError
from taixu.simulation.sweeps import Plan

__all__ = ["squared"]


def squared(plan: Plan, case: Mapping[str, Any], folder: str) -> tuple[dict[str, float], str, float]:
    """``water.x`` squared, noted in a folder; -1 refuses, -2 dies while a file ``weak`` is there."""
    x = case["water.x"]
    if x == -1:
        raise TaixuError("the pump is dry")
    if x == -2 and (Path(folder) / "weak").exists():
        os._exit(9)
    with (Path(folder) / "log").open("a") as log:
        log.write(f"{x}\n")
    return {"y": float(x) ** 2}, f"{x}", 0.0
