"""One drag of handles, keys or corners: what the hand asks for, and what snapping and typed numbers make of it."""

from __future__ import annotations

from math import degrees, radians
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.math.affine import invert
from taixu.math.quaternion import from_axis_angle, from_two_vectors, to_matrix
from taixu.render import View
from taixu_editor.view.dragging import Dragging, world_matrices
from taixu_editor.view.readout import number
from taixu_editor.view.resting import Resting
from taixu_editor.view.screen import Screen
from taixu_editor.view.snap import Snap, stepped
from taixu_editor.view.typed import Typed
from taixu_editor.view.vertices import world_corners

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Axes", "Drag"]

Vector = NDArray[np.float64]
Axes = tuple[bool, bool, bool]
_LETTERS = ("X", "Y", "Z")
_COLORS = ("x_axis", "y_axis", "z_axis")
_UP = np.array([0.0, 1.0, 0.0])


class Drag:
    """What is dragged, how, and how far it is.

    Attributes
    ----------
    tool
        "move", "rotate" or "scale".
    basis, axes
        The handles' axes as columns [3, 3], and which of them are free.
    pivot
        What is turned and scaled around, metres of the world [3].
    grabbed
        The corner [3] that is held; None for the handles themselves.
    """

    def __init__(
        self, window: EditorWindow, world: World, entities: list[int], *, tool: str, basis: Vector, pivot: Vector, snap: Snap,
        view: View | None, key: object, axes: Axes = (True, True, True), grabbed: Vector | None = None,
    ) -> None:  # fmt: skip
        self.tool, self.basis, self.pivot, self.axes, self.grabbed = tool, basis, pivot, axes, grabbed
        self.dragging = Dragging(window, world, entities, key)
        self.typed = Typed()
        self.vertex: Vector | None = None
        """The corner that was found, if one is."""
        self.around: Vector = np.zeros((0, 2))
        """Corners near the pointer, on the window."""
        self._window, self._world, self._snap, self._view = window, world, snap, view
        self._resting = Resting(window)
        self._corners: Vector | None = None
        self._amounts: list[float] = []
        self._angle_rad = self._last_rad = 0.0
        self._rests = False

    # -- what the hand asks for --------------------------------------------------------------------------------------
    def read_keys(self) -> None:
        """Numbers that are typed count in place of the hand."""
        self.typed.read_keys(1 if self.tool != "move" else sum(self.axes))

    def move(self, delta: Vector, screen: Screen) -> Vector:
        """Move by what a hand asks for [3]; gives what became of it."""
        self.vertex, turn = None, None
        free = [i for i in range(3) if self.axes[i]]
        if not self.typed.is_empty:
            amounts = np.zeros(3)
            amounts[free] = self.typed.values(len(free))
            delta = self.basis @ amounts
        elif self._snap.wants_vertex and (found := self._to_corner(delta, screen)) is not None:
            delta = found
        elif self._wants_surface and (placed := self._to_surface(screen)) is not None:
            delta, turn = placed
        else:
            is_world = np.allclose(np.abs(self.basis).max(0), 1.0)
            delta = stepped(
                delta, self.pivot, basis=self.basis, axes=self.axes, step=self._snap.step("move"),
                to_grid=self._snap.to_grid and is_world and len(self.dragging.roots) == 1,
            )  # fmt: skip
        self._amounts = (self.basis.T @ delta).tolist()
        self._rests = turn is not None or self._rests
        if self._rests and turn is None:
            turn = np.eye(3)
        self.dragging.set(delta=delta, turn=turn, pivot=self.pivot, basis=self.basis)
        return delta

    def rotate(self, angle_rad: float, axis: Vector) -> None:
        """Turn by an angle that a hand asks for, around a unit axis of the world [3]."""
        if not self.typed.is_empty:
            angle_rad = radians(self.typed.values(1)[0])
        elif step := self._snap.step("rotate"):
            angle_rad = radians(round(degrees(angle_rad) / step) * step)
        self._amounts = [degrees(angle_rad)]
        self.dragging.set(turn=np.asarray(to_matrix(from_axis_angle(axis, angle_rad)), float), pivot=self.pivot, basis=self.basis)

    def unwound(self, angle_rad: float) -> float:
        """An angle that is known up to whole turns, as it goes on from the last one."""
        change = (angle_rad - self._last_rad + np.pi) % (2 * np.pi) - np.pi
        self._last_rad = angle_rad
        self._angle_rad += change
        return self._angle_rad

    def scale(self, grown: Vector) -> None:
        """Scale by factors that a hand asks for, along the basis [3]."""
        if not self.typed.is_empty:
            grown = np.where(self.axes, self.typed.values(1, 1.0)[0], 1.0)
        elif step := self._snap.step("scale"):
            grown = np.where(np.abs(grown - 1) > 1e-6, np.round(grown / step) * step, grown)
        grown = np.where(np.abs(grown) < 1e-3, 1e-3, grown)
        self._amounts = grown.tolist()
        self.dragging.set(grown=grown, pivot=self.pivot, basis=self.basis)

    # -- what it finds -----------------------------------------------------------------------------------------------
    @property
    def _wants_surface(self) -> bool:
        """Along one axis only, nothing is laid on surfaces unless Shift says so."""
        return self._snap.wants_surface and (sum(self.axes) > 1 or imgui.get_io().key_shift)

    def _look_beneath(self) -> bool:
        if self._view is None:
            return False
        if not self._resting.has_begun:
            self._resting.begin(self._world, self._view, self._window.selected_family())
        return True

    def _own_corners(self) -> Vector:
        if self._corners is None:
            self._corners = world_corners(self._world, self._window.selected_family())
            if not len(self._corners):
                self._corners = self.pivot[None]
            if self.dragging.has_moved:  # they are wanted as they were at the beginning
                now = world_matrices(self._world, self.dragging.roots[:1])[0]
                back = self.dragging.before[0] @ np.asarray(invert(now))
                self._corners = self._corners @ back[:3, :3].T + back[:3, 3]
        return self._corners

    def _to_corner(self, delta: Vector, screen: Screen) -> Vector | None:
        """The move that brings the corner that is held, or the nearest one, onto the one under the pointer."""
        if not self._look_beneath():
            return None
        target, self.around = self._resting.corner(screen)
        if target is None:
            return None
        grabbed = self.grabbed
        if grabbed is None:
            own = self._own_corners()
            away = own + (delta - target)
            grabbed = own[np.argmin(np.einsum("ij,ij->i", away, away))]
        self.vertex = target
        amounts = np.where(self.axes, self.basis.T @ (target - grabbed), 0.0)
        return np.asarray(self.basis @ amounts)

    def _to_surface(self, screen: Screen) -> tuple[Vector, Vector | None] | None:
        """The move (and the turn, where things stand upright on surfaces) that lays everything on what is under the pointer."""
        found = self._resting.surface(screen) if self._look_beneath() else None
        if found is None:
            return None
        turn = None
        offsets = self._own_corners() - self.pivot
        if self._snap.align:
            up = self.dragging.before[-1, :3, 1]
            up = up / max(float(np.linalg.norm(up)), 1e-12)
            turn = np.asarray(to_matrix(from_two_vectors(up, found.normal)), float)
            offsets = offsets @ turn.T
        along = offsets @ found.normal
        middle = (offsets.min(0) + offsets.max(0)) / 2
        place = found.position - found.normal * along.min()  # the lowest corner touches
        across = middle - found.normal * float(middle @ found.normal)
        return place - across - self.pivot, turn

    # -- the end -----------------------------------------------------------------------------------------------------
    def end(self) -> None:
        """It stays where it is."""
        self._resting.end()

    def cancel(self) -> None:
        """It goes back to where it was."""
        self.end()
        self.dragging.cancel()

    def segments(self) -> list[tuple[str, str]]:
        """What the plate says."""
        t, found = self._window.t, []
        if self.tool == "move":
            free = [i for i in range(3) if self.axes[i]]
            for place, i in enumerate(free):
                text = self.typed.shown(place) if not self.typed.is_empty else number(self._amounts[i] if self._amounts else 0.0)
                found += [(f"{_LETTERS[i]} ", _COLORS[i]), (f"{text}   ", "text")]
            found.append((f"{float(np.linalg.norm(self._amounts or [0.0])):.3f} m", "faint"))
        elif self.tool == "rotate":
            axis = [i for i in range(3) if self.axes[i]]
            if len(axis) == 1:
                found.append((f"{_LETTERS[axis[0]]} ", _COLORS[axis[0]]))
            text = self.typed.shown(0) if not self.typed.is_empty else number(self._amounts[0] if self._amounts else 0.0)
            found.append((f"{text}°", "text"))
        else:
            for i in range(3):
                if self.axes[i]:
                    text = self.typed.shown(0) if not self.typed.is_empty else f"{(self._amounts or [1.0] * 3)[i]:.3f}"
                    found += [(f"{_LETTERS[i]} ", _COLORS[i]), (f"{text}×   ", "text")]
        if self.vertex is not None:
            found.append((f"   {t('corner')}", "accent"))
        elif self.tool == "move" and self._wants_surface and self._resting.has_begun:
            found.append((f"   {t('on the surface')}", "accent"))
        elif step := self._snap.step(self.tool):
            unit = {"move": " m", "rotate": "°", "scale": "×"}[self.tool]
            found.append((f"   {t('step')} {step:g}{unit}", "accent"))
        return found
