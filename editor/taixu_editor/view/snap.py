"""What drags keep to: steps, the world's grid, surfaces, corners of meshes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

__all__ = ["Snap", "stepped"]

Vector = NDArray[np.float64]


@dataclass
class Snap:
    """Steps that drags keep to, while `is_on` or Ctrl is held (which turns it over), and what else they find.

    Attributes
    ----------
    is_on
        Whether drags go by steps.
    to_grid
        Moves along the world's axes end on its grid; else they are whole steps from where they began.
    surface
        What is moved freely rests on what is under the pointer; Shift does that once.
    align
        What rests on a surface stands upright on it.
    vertex
        Corners find corners; V does that once.
    """

    is_on: bool = False
    move_m: float = 0.25
    angle_deg: float = 15.0
    scale: float = 0.1
    to_grid: bool = True
    surface: bool = False
    align: bool = False
    vertex: bool = False

    def step(self, tool: str) -> float:
        """The step of a tool; 0 for none."""
        if self.is_on == imgui.get_io().key_ctrl:
            return 0.0
        return {"move": self.move_m, "rotate": self.angle_deg, "scale": self.scale}[tool]

    @property
    def wants_surface(self) -> bool:
        """Whether what is moved now lies on what is under the pointer."""
        return self.surface != imgui.get_io().key_shift

    @property
    def wants_vertex(self) -> bool:
        """Whether corners find corners now."""
        held = imgui.is_key_down(imgui.Key.v) and not (imgui.get_io().key_ctrl or imgui.get_io().want_text_input)
        return self.vertex or held


def stepped(delta: Vector, start: Vector, *, basis: Vector, axes: tuple[bool, bool, bool], step: float, to_grid: bool) -> Vector:
    """A move that keeps to steps along the axes that it is free to take.

    Parameters
    ----------
    delta, start
        The move and where it begins, metres of the world [3].
    basis
        Axes as columns [3, 3].
    to_grid
        Whether the end lies on whole steps of the world; else the move is whole steps.
    """
    if step <= 0:
        return delta
    along = basis.T @ delta
    begin = basis.T @ start if to_grid else np.zeros(3)
    goal = np.round((begin + along) / step) * step - begin
    moves = np.asarray(axes) & (np.abs(along) > 1e-6)
    return np.asarray(basis @ np.where(moves, goal, along))
