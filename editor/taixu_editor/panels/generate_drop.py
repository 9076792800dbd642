"""Results on their way into the world: dragged from *Generate*, dropped on things, rows, files and fields.

What is dragged is a result's id, or a wish that only has a first look: that one is made in full size when it is dropped. Either
way the files are kept in the project first, in the background, and what names them is one step of history.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu_editor.generating.history import Entry
from taixu_editor.generating.small import map_fields
from taixu_editor.generating.wish import Wish

if TYPE_CHECKING:
    from taixu_editor.panels.viewport import Viewport
    from taixu_editor.window import EditorWindow

__all__ = [
    "GENERATED", "apply_result", "bring_result", "drag_result", "drop_on_files", "drop_on_row", "drop_result_on_view",
    "file_for_field",
]  # fmt: skip

GENERATED = "generated"
"""The kind of what is dragged."""
_ONTO = ("material", "texture", "sound", "script")
"""What goes onto a thing that is there, and not beside it."""

Dragged = str | Wish


def drag_result(window: EditorWindow, value: Dragged, label: str) -> bool:
    """Let the item just drawn be dragged; True while it is."""
    return window.drag_drop.source(GENERATED, value, label)


def bring_result(window: EditorWindow, value: Dragged, then: Callable[[tuple[str, ...]], None], *, folder: str = "") -> None:
    """Its files into the project; `then` gets their paths, in this frame or a later one."""
    from taixu_editor.panels.generate import refresh_assets

    studio = window.host.studio

    def arrived(paths: tuple[str, ...]) -> None:
        refresh_assets(window)
        then(paths)

    def keep(entry: Entry) -> None:
        studio.keep_soon(entry, arrived, folder=folder, failed=window.shell.say_error)

    try:
        if isinstance(value, Wish):
            window.shell.toasts.say(window.t("It is made in full size, and then put there"))
            studio.start(value, then=keep)
        else:
            keep(studio.history.find(value))
    except TaixuError as error:
        window.shell.say_error(str(error))


def apply_result(
    window: EditorWindow, value: Dragged, *, entity: str = "", parent: str = "",
    position: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> None:  # fmt: skip
    """Put it onto a thing, below one, or at a place."""

    def put(paths: tuple[str, ...]) -> None:
        if window.host.session.worlds:
            window.shell.later(
                partial(window.do, "generate.apply", path=paths[0], entity=entity, parent=parent, position=position)
            )

    bring_result(window, value, put)


def makes_of(window: EditorWindow, value: Dragged) -> str:
    """What kind of thing is dragged."""
    studio = window.host.studio
    try:
        return studio.generator_of(value).makes if isinstance(value, Wish) else studio.history.find(value).makes
    except TaixuError:
        return ""


def drop_result_on_view(
    view: Viewport, value: Dragged, x: float, y: float, *, place: tuple[float, float, float] | None = None
) -> None:
    """Materials, pictures and sounds go onto what is seen under the pointer; other things stand there."""
    window = view.window
    found = view.entities_in(window.host.session.world, (x, y), (x, y)) if makes_of(window, value) in _ONTO else []
    point = view.point_at(x, y) if place is None else None
    position = place or window.place_in_view()
    if place is None and point is not None:
        across, up, along = (round(float(v), 4) for v in point.position)
        position = (across, up, along)
    apply_result(window, value, entity=found[-1] if found else "", position=position)


def drop_on_row(window: EditorWindow, value: Dragged, entity: str) -> None:
    """On a row of the hierarchy; on the ground below them, in the middle of the view."""
    if entity:
        apply_result(window, value, entity=entity, parent=entity)
    else:
        apply_result(window, value, position=window.place_in_view())


def drop_on_files(window: EditorWindow, value: Dragged, folder: str) -> None:
    """Into a folder of the project, with sidecars."""

    def said(paths: tuple[str, ...]) -> None:
        for panel in window.panels:
            if panel.id == "assets":
                panel.chosen = (paths[0],)  # type: ignore[attr-defined]

    bring_result(window, value, said, folder=folder)


def file_for_field(project: Any, paths: tuple[str, ...], field: str, endings: tuple[str, ...]) -> str:
    """Which of a result's files a field means: its normals for ``normal_texture``, the main one otherwise; empty for none."""
    from taixu.assets.sidecar import read_sidecar

    roles = []
    for path in paths:
        sidecar = read_sidecar(project.file(path))
        roles.append((path, "" if sidecar is None else sidecar.provenance.role))
    meant = map_fields(roles).get(field)
    if isinstance(meant, str):
        return meant
    if field.endswith("_texture") and len(paths) > 1 and field != "base_color_texture":
        return ""
    return next((path for path in paths if not endings or path.lower().endswith(endings)), "")
