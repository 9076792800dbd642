"""Selecting in a view: clicks, clicks again for what is behind, and boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.edit import id_text
from taixu.edit.marks import is_locked
from taixu.scene import CELL_M, MeshInstance, MeshLibrary, WorldTransforms
from taixu_editor.placing import family_of
from taixu_editor.view.picking import owner_of, pick_entities
from taixu_editor.view.resting import Resting
from taixu_editor.view.screen import Screen

if TYPE_CHECKING:
    from taixu_editor.panels.viewport import Viewport

__all__ = ["CLICK_PX", "Choosing", "in_box"]

CLICK_PX = 4.0
"""How far a pointer may wander while it clicks."""
_AGAIN_PX = 3.0
Place = tuple[float, float]


class Choosing:
    """What one view's clicks and boxes select."""

    def __init__(self, panel: Viewport) -> None:
        self._panel = panel
        self._pressed: Place | None = None
        self._is_on_handle = False
        self._at: tuple[object, ...] = ()
        self._clicked: Place = (-1e9, -1e9)
        self._passed: list[str] = []
        """What was selected by clicks here, one behind the other."""

    @property
    def is_pressed(self) -> bool:
        """Whether a click or a box has begun."""
        return self._pressed is not None

    def update(self, world: World, *, hovered: bool, busy: bool) -> None:
        """Follow the left button for a frame; `busy` where handles are under it, which take drags but no clicks."""
        panel, mouse = self._panel, imgui.get_io().mouse_pos
        if hovered and imgui.is_mouse_clicked(imgui.MouseButton_.left) and not panel.navigation.is_dragging:
            self._pressed, self._is_on_handle = (mouse.x, mouse.y), busy
        if self._pressed is None:
            return
        if not imgui.is_mouse_released(imgui.MouseButton_.left):
            if not imgui.is_mouse_down(imgui.MouseButton_.left):
                self._pressed = None  # it was let go where nobody looked
            elif not self._is_on_handle:
                self._draw_box(self._pressed, (mouse.x, mouse.y))
            return
        pressed, self._pressed = self._pressed, None
        if _reach(pressed, (mouse.x, mouse.y)) > CLICK_PX:
            if self._is_on_handle:
                return
            self._select(self._boxed(world, pressed, (mouse.x, mouse.y)))
        elif panel.icons.over is not None:
            self._select([id_text(world.stable_id(panel.icons.over))])
        else:
            self._select(self._clicked_on(world, pressed))

    # -- clicks ------------------------------------------------------------------------------------------------------
    def _clicked_on(self, world: World, place: Place) -> list[str]:
        """What is seen there; where that was clicked before, what is behind it."""
        panel, io = self._panel, imgui.get_io()
        now = (id(world), panel.camera.key(), panel.extent)
        is_plain = not (io.key_ctrl or io.key_shift or panel.window.eyedropper.waiting)
        is_here = now == self._at and _reach(place, self._clicked) <= _AGAIN_PX
        chosen = panel.host.session.current.selection
        is_again = is_plain and is_here and bool(self._passed) and chosen == (self._passed[-1],)
        found = self._behind(world, place) if is_again else []
        if not found:
            self._passed = []
            found = panel.entities_in(world, place, place)
        self._at, self._clicked = now, place
        self._passed = [*self._passed, *found[:1]]
        return found

    def _behind(self, world: World, place: Place) -> list[str]:
        """What is seen there without all that was passed."""
        panel = self._panel
        if panel.view is None:
            return []
        session = panel.host.session
        passed = [session.entity(text) for text in self._passed]
        alive = [family_of(world, handle) for handle in passed if world.alive(handle).all()]
        hidden = np.concatenate([*alive, np.zeros(0, np.uint64)])
        beneath = Resting(panel.window)
        try:
            beneath.begin(world, panel.view, [int(handle) for handle in hidden])
            assert beneath.view is not None
            return pick_entities(panel.window.renderer, beneath.view, world, panel.pixels_of(beneath.view, place, place))
        finally:
            beneath.end()

    # -- boxes -------------------------------------------------------------------------------------------------------
    def _boxed(self, world: World, a: Place, b: Place) -> list[str]:
        """What lies in a box: what is seen of it, or all; touched by it, or inside it wholly."""
        panel, settings = self._panel, self._panel.window.shell.settings
        low, high = np.minimum(a, b), np.maximum(a, b)
        icons = [handle for handle, place in panel.icons.places.items() if (low <= place).all() and (high >= place).all()]
        with_icons = [id_text(world.stable_id(handle)) for handle in icons]
        if not (settings.box_inside or settings.box_through):
            return list(dict.fromkeys([*panel.entities_in(world, a, b), *with_icons]))
        screen = Screen(panel.camera, panel.origin, panel.extent)
        found = in_box(world, screen, low, high, inside=settings.box_inside)
        if not settings.box_through:
            seen = set(panel.entities_in(world, a, b))
            found = [text for text in found if text in seen]
        return list(dict.fromkeys([*found, *with_icons]))

    def _draw_box(self, a: Place, b: Place) -> None:
        if _reach(a, b) <= CLICK_PX:
            return
        low, high = (min(a[0], b[0]), min(a[1], b[1])), (max(a[0], b[0]), max(a[1], b[1]))
        draw, theme = imgui.get_window_draw_list(), self._panel.window.theme
        draw.add_rect_filled(low, high, theme.pack("accent_soft"))
        draw.add_rect(low, high, theme.pack("accent"))

    def _select(self, found: Sequence[str]) -> None:
        window = self._panel.window
        if window.eyedropper.take(list(found)):
            return
        session, io = window.host.session, imgui.get_io()
        found = session.living(found)  # what readings have brought is seen, and is in no document
        found = [text for text in found if not is_locked(session.world, session.entity(text))]
        how = "toggle" if io.key_ctrl else "add" if io.key_shift else "replace"
        window.do("selection.set", entities=found, how=how)


def in_box(world: World, screen: Screen, low: NDArray[np.float64], high: NDArray[np.float64], *, inside: bool) -> list[str]:
    """Stable ids of what is drawn in a box of the window, hidden or not, by the corners of its bounds.

    Parameters
    ----------
    low, high
        Of the box [2], window units.
    inside
        Whether all of a thing must be in it; else the box need only touch it.
    """
    places, library = world.resource(WorldTransforms), world.resource(MeshLibrary)
    good: dict[int, None] = {}
    bad: set[int] = set()
    for table in world.query(MeshInstance):
        numbers = table.read(MeshInstance, "mesh")
        rows = np.flatnonzero(table.read(MeshInstance, "visible") & (numbers > 0))
        if not len(rows):
            continue
        kinds, of = np.unique(numbers[rows], return_inverse=True)
        boxes = np.stack([library[int(number)].bounds() for number in kinds]).astype(np.float64)[of.reshape(-1)]
        picks = np.array([[(place >> axis) & 1 for axis in range(3)] for place in range(8)])
        corners = np.stack([boxes[:, picks[:, axis], axis] for axis in range(3)], -1)
        handles = table.entities[rows].copy()
        index = indices_of(handles)
        matrices = places.matrices[index].reshape(-1, 3, 4).astype(np.float64)
        origin = matrices[:, :, 3] + places.cells[index] * CELL_M
        points = np.einsum("nij,nkj->nki", matrices[:, :, :3], corners) + origin[:, None]
        shown, _ = screen.project(points.reshape(-1, 3))
        shown = shown.reshape(-1, 8, 2)
        with np.errstate(invalid="ignore"):
            is_inside = ((shown >= low) & (shown <= high)).all((1, 2))
            is_ahead = np.isfinite(shown).all((1, 2))
            is_touched = is_ahead & (shown.min(1) <= high).all(1) & (shown.max(1) >= low).all(1)
        for row in np.flatnonzero(is_touched).tolist():
            handle = int(handles[row])
            owner = owner_of(world, handle) if table.made else handle
            if owner is not None:
                good[owner] = None
        if inside:  # of models, every part must be inside
            for row in np.flatnonzero(is_touched & ~is_inside).tolist():
                owner = owner_of(world, int(handles[row])) if table.made else int(handles[row])
                if owner is not None:
                    bad.add(owner)
            if table.made:  # parts that are out of the box altogether count as well
                owners = {owner for owner in good if owner not in bad}
                for row in np.flatnonzero(~is_touched).tolist() if owners else ():
                    owner = owner_of(world, int(handles[row]))
                    if owner in owners:
                        bad.add(owner)
    return [id_text(world.stable_id(owner)) for owner in good if owner not in bad]


def _reach(a: Place, b: Place) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])
