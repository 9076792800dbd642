"""Operations of views: what they show, and places of the camera that are kept. They edit nothing.

Putting a camera where one looks from is an edit, which they do by another operation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from taixu.edit import Nothing, Operation, id_text
from taixu.edit.conditions import no_world, none_selected
from taixu.errors import TaixuError
from taixu.math.quaternion import from_matrix
from taixu.render import ViewCamera
from taixu.scene import Camera, Node
from taixu_editor.view.bookmarks import load_bookmarks, save_bookmark
from taixu_editor.view.game import stand_at
from taixu_editor.view.orbit import AXIS_VIEWS, STEEPEST

if TYPE_CHECKING:
    from pathlib import Path

    from taixu_editor.host import Host
    from taixu_editor.window import EditorWindow

__all__ = ["view_operations"]


_TITLES = (
    ("Keep this place as 1", "Go to place 1"),
    ("Keep this place as 2", "Go to place 2"),
    ("Keep this place as 3", "Go to place 3"),
    ("Keep this place as 4", "Go to place 4"),
    ("Keep this place as 5", "Go to place 5"),
    ("Keep this place as 6", "Go to place 6"),
    ("Keep this place as 7", "Go to place 7"),
    ("Keep this place as 8", "Go to place 8"),
    ("Keep this place as 9", "Go to place 9"),
)
"""Of keeping and going, by number."""


@dataclass(frozen=True, slots=True)
class ModeParameters:
    """What a view shows of surfaces; the view that was used last where none is named."""

    mode: Literal["lit", "reference", "albedo", "normals", "depth", "wireframe", "overdraw"]
    view: str = ""


@dataclass(frozen=True, slots=True)
class LayerParameters:
    """What lies over the picture of a view."""

    layer: Literal["grid", "icons", "colliders", "lights", "cameras"]
    on: bool = True
    view: str = ""


def view_operations(window: EditorWindow) -> tuple[Operation, ...]:
    """The operations of a window's views."""

    def plain(id: str, title: str, act: Callable[[], object], **more: Any) -> Operation:
        def run(host: Host, parameters: Nothing) -> None:
            act()

        return Operation(id, title, run=run, blocked=no_world, **more)

    def set_mode(host: Host, p: ModeParameters) -> None:
        _view(window, p.view).shown.mode = p.mode

    def show(host: Host, p: LayerParameters) -> None:
        setattr(_view(window, p.view).shown, p.layer, p.on)

    kept = []
    for number, (keep, go) in enumerate(_TITLES, 1):
        kept.append(plain(f"view.keep_{number}", keep, partial(_keep, window, number), shortcut=f"Ctrl+Shift+{number}"))
        kept.append(plain(f"view.go_{number}", go, partial(_go, window, number), shortcut=f"Ctrl+{number}"))
    edits = partial(Operation, blocked=none_selected)
    modal = {"move": "Move with the pointer", "rotate": "Turn with the pointer", "scale": "Scale with the pointer"}
    return (
        *(edits(f"modal.{tool}", title, run=partial(_start_modal, window, tool)) for tool, title in modal.items()),
        edits("modal.duplicate", "Duplicate and move with the pointer", run=partial(_duplicate, window)),
        plain("selection.box_inside", "Boxes select only what is wholly inside", partial(_turn_setting, window, "box_inside")),
        plain("selection.box_through", "Boxes select what is hidden too", partial(_turn_setting, window, "box_through")),
        plain("snap.to_grid", "Ends on the world's grid", partial(_turn_setting, window, "snap_to_grid")),
        plain("snap.surface", "Rests on surfaces", partial(_turn_setting, window, "snap_surface")),
        plain("snap.align", "Stands upright on surfaces", partial(_turn_setting, window, "snap_align")),
        plain("snap.vertex", "Corner to corner", partial(_turn_setting, window, "snap_vertex")),
        Operation("view.mode", "What the view shows", run=set_mode, parameters=ModeParameters, blocked=no_world),
        Operation("view.show", "Show in the view", run=show, parameters=LayerParameters, blocked=no_world),
        plain("view.grid", "Grid", partial(_turn, window, "grid"), shortcut="G"),
        plain("view.colliders", "Colliders", partial(_turn, window, "colliders")),
        plain("view.lights", "Reach of lights", partial(_turn, window, "lights")),
        plain("view.cameras", "What cameras see", partial(_turn, window, "cameras")),
        plain("view.one", "One view", partial(_arrange, window, 1)),
        plain("view.two", "Two views", partial(_arrange, window, 2)),
        plain("view.four", "Four views", partial(_arrange, window, 4)),
        plain("view.from_camera", "Look through the selected camera", partial(_look_through, window)),
        plain("view.to_camera", "Put the selected camera where I look from", partial(_place_camera, window)),
        *kept,
    )


def _arrange(window: EditorWindow, count: int) -> None:
    """So many views beside one another; those that come see the world along an axis."""
    views: list[Any] = [panel for panel in window.panels if hasattr(panel, "navigation")][:4]
    main = views[0].camera
    for view, side in zip(views[1:], ("top", "front", "right"), strict=False):
        if not view.is_open:
            view.camera.pivot, view.camera.distance_m = main.pivot.copy(), main.distance_m
            view.camera.turn_rad, view.camera.height_rad = AXIS_VIEWS[side][0], min(AXIS_VIEWS[side][1], STEEPEST)
            view.camera.is_parallel = True
            view.keep_camera()
        view.is_open = False
    views[0].is_open = True
    if count > 1:
        window.shell.later(lambda: setattr(window, "wanted_views", views[:count]))


def _start_modal(window: EditorWindow, tool: str, host: Host, parameters: Nothing) -> None:
    _view(window).gizmo.modal.start(tool)


def _duplicate(window: EditorWindow, host: Host, parameters: Nothing) -> None:
    window.do("entity.duplicate")
    window.follow_selection()
    _view(window).gizmo.modal.start("move")


def _turn_setting(window: EditorWindow, name: str) -> None:
    settings = window.shell.settings
    setattr(settings, name, not getattr(settings, name))
    window.shell.settings_changed()


def _view(window: EditorWindow, name: str = "") -> Any:
    for panel in window.panels:
        if panel.id == name:
            return panel
    return window.shell.view


def _turn(window: EditorWindow, layer: str) -> None:
    shown = _view(window).shown
    window.do("view.show", layer=layer, on=not getattr(shown, layer))


def _project(window: EditorWindow) -> Path:
    session = window.host.session
    path = session.current.path
    return session.project.root if session.project.has_manifest or path is None else path


def _keep(window: EditorWindow, number: int) -> None:
    save_bookmark(_project(window), number, _view(window).camera)
    window.shell.toasts.say(window.t("This place is kept as {number}.", number=number), "success")


def _go(window: EditorWindow, number: int) -> None:
    camera = load_bookmarks(_project(window)).get(number)
    if camera is None:
        keys = window.shell.keymap.first(f"view.keep_{number}") or "–"
        raise TaixuError(window.t("No place is kept as {number}; {keys} keeps one.", number=number, keys=keys))
    _view(window).camera.copy_from(camera)


def _chosen_camera(window: EditorWindow) -> int:
    world, entity = window.host.session.world, window.outlined.active
    if entity is None or not world.alive(entity).all() or not world.has(entity, Camera):
        raise TaixuError(window.t("Select a camera first."))
    return entity


def _look_through(window: EditorWindow) -> None:
    stand_at(_view(window).camera, ViewCamera.of_entity(window.host.session.world, _chosen_camera(window)))


def _place_camera(window: EditorWindow) -> None:
    world, entity, camera = window.host.session.world, _chosen_camera(window), _view(window).camera
    parent = Node(world, entity).parent
    if parent is not None:
        raise TaixuError(window.t("The camera belongs to something else; move it out first."))
    fields = {"position": [float(v) for v in camera.eye], "rotation": [float(v) for v in from_matrix(camera.axes.T)]}
    window.do("transform.set", transforms={id_text(world.stable_id(entity)): fields})
