"""All files of the factory's `assets` folder: models, and the URDF files of those that have joints."""

from __future__ import annotations

from collections.abc import Callable

from taixu.assets.model import ModelData

from . import arm, hall, logistics, machines, people
from .floor import floor_pictures
from .plan import CONVEYORS

__all__ = ["MODELS", "TEXTS"]

MODELS: dict[str, Callable[[], ModelData]] = {
    "hall": lambda: hall.hall_model(floor_pictures()),
    "arm": arm.arm_model,
    "press": machines.press_model,
    "mill": machines.mill_model,
    "portal": machines.portal_model,
    "part": machines.part_model,
    "agv": logistics.agv_model,
    "rack": logistics.rack_model,
    "fence": logistics.fence_model,
    "tower": logistics.tower_model,
    "board": logistics.board_model,
    "worker": people.worker_model,
    "foreman": lambda: people.worker_model("helmet blue"),
    **{f"conveyor{number}": lambda length=length: machines.conveyor_model(length) for number, (_, length) in CONVEYORS.items()},  # type: ignore[misc]
}
"""By the name of their ``.glb``."""

TEXTS: dict[str, Callable[[], str]] = {
    "arm.urdf": lambda: arm.urdf("arm", "base", arm.JOINTS, base_kg=arm.BASE_KG, base_box=arm.BASE_BOX),
    "press.urdf": machines.press_urdf,
    "mill.urdf": machines.mill_urdf,
    "board.urdf": logistics.board_urdf,
}
