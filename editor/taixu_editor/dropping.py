"""Files that come from outside: dropped on the window, or chosen; and assets that are dropped on the view."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.edit import Nothing, Operation
from taixu.edit.conditions import no_world
from taixu.errors import TaixuError
from taixu_editor.assets import Import
from taixu_editor.assets.bringing import Copying, clashes_of
from taixu_editor.assets.kinds import asset_kind
from taixu_editor.assets.moving import free_path
from taixu_editor.dialogs import Choice
from taixu_editor.export.packing import ENDING

if TYPE_CHECKING:
    from taixu.platform.events import FileDropEvent
    from taixu_editor.host import Host
    from taixu_editor.panels.viewport import Viewport
    from taixu_editor.window import EditorWindow

__all__ = ["Dropping", "drop_on_view", "dropping_operations"]

_PLACED = ("model", "prefab", "texture", "sky", "sound", "script")
_MOST_PLACED = 50
_ENDINGS = (
    ".glb", ".gltf", ".vrm", ".obj", ".ply", ".stl", ".off", ".3mf", ".dae", ".urdf", ".png", ".jpg", ".jpeg", ".webp", ".ktx2",
    ".dds", ".bmp", ".tga", ".hdr", ".exr", ".wav", ".ogg", ".mp3", ".flac", ".bin", ".mtl", ".py", ".prefab.json", ".cube",
)  # fmt: skip


class Dropping:
    """What is being brought into a window's project."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.imports: list[Import] = []

    def take(self, event: FileDropEvent) -> None:
        """Files were dropped: they are copied, and placed where the view is under them."""
        window = self._window
        if not window.host.session.worlds:
            self._open_dropped(event.paths)
            return
        view = self._view_at(event.x, event.y)
        place = partial(self._place, view, event.x, event.y) if view is not None else None
        self.bring(event.paths, then=place)

    def bring(self, files: Sequence[str], *, folder: str = "", then: Any = None) -> None:
        """Copy files into the project in the background; names that are taken are asked about."""
        window = self._window
        root = window.host.session.project.root
        folder = folder or self._folder()
        taken = clashes_of(root, files, folder)

        def begin(clash: str) -> None:
            state = Import(window.host, list(files), folder=folder, clash=clash, then=lambda copying: self._arrive(copying, then))
            self.imports.append(state)

        if not taken:
            begin("rename")
            return
        names = ", ".join(taken[:4]) + (" ..." if len(taken) > 4 else "")
        window.shell.dialogs.ask(
            window.t("Files of these names are there already"), names, Choice("Keep both", partial(begin, "rename")),
            Choice("Cancel", lambda: None), Choice("Leave out", partial(begin, "skip")),
            Choice("Replace", partial(begin, "replace")),
        )  # fmt: skip

    def frame(self) -> None:
        """Say what went wrong with what has ended."""
        for each in [one for one in self.imports if one.is_done]:
            self.imports.remove(each)
            if each.error:
                self._window.shell.say_error(each.error)

    def _arrive(self, copying: Copying, then: Any) -> None:
        window = self._window
        for problem in copying.problems[:3]:
            window.shell.say_error(problem)
        for panel in window.panels:
            if panel.id == "assets":
                panel.index.refresh()  # type: ignore[attr-defined]
                panel.details.gate.greet(copying.paths)  # type: ignore[attr-defined]
        if copying.paths:
            text = window.t("Imported {name}", name=Path(copying.paths[0]).name)
            if len(copying.paths) > 1:
                text = window.t("Imported {count} files", count=len(copying.paths))
            window.shell.toasts.say(text, "success")
            if then is not None:
                window.shell.later(partial(then, copying.paths))

    def _place(self, view: Viewport, x: float, y: float, paths: list[str]) -> None:
        for path in [path for path in paths if asset_kind(path) in _PLACED][:_MOST_PLACED]:
            drop_on_view(view, path, x, y)

    def _folder(self) -> str:
        """The folder that the assets panel shows, or the project's own for assets."""
        for panel in self._window.panels:
            if panel.id == "assets" and (folder := getattr(panel, "folder", "")):
                return str(folder)
        return "assets"

    def _view_at(self, x: float, y: float) -> Viewport | None:
        from taixu_editor.panels.viewport import Viewport

        for panel in self._window.panels:
            if isinstance(panel, Viewport) and panel.is_open:
                (left, top), (width, height) = panel.origin, panel.extent
                if left <= x < left + width and top <= y < top + height:
                    return panel
        return None

    def _open_dropped(self, paths: Sequence[str]) -> None:
        """On the start page, a dropped project or world opens; a packed one is unpacked first."""
        if len(paths) == 1 and paths[0].endswith(ENDING):
            self._window.shell.later(partial(self._unpack, Path(paths[0])))
        elif len(paths) == 1:
            self._window.shell.open_later(Path(paths[0]))
        else:
            self._window.shell.say_error("drop one project's folder, or one world")

    def _unpack(self, pack: Path) -> None:
        """Into a new folder among the projects; its scripts do not run until somebody trusts them."""
        from taixu_editor.shell_operations import default_project_folder

        home = default_project_folder(self._window)
        folder = home / free_path(home, pack.name.removesuffix(ENDING))
        self._window.host.do("export.unpack", path=str(pack), folder=str(folder))
        self._window.open(folder)


def drop_on_view(
    view: Viewport, path: str, x: float, y: float, *, place: tuple[float, float, float] | None = None
) -> None:
    """Place an asset on the surface under a point of the window, or at a `place`; pictures and scripts go onto what is there."""
    window = view.window
    point = view.point_at(x, y) if place is None else None
    position = place or (window.place_in_view() if point is None else tuple(round(float(v), 4) for v in point.position))
    found = view.entities_in(window.host.session.world, (x, y), (x, y))
    entity = found[-1] if found and asset_kind(path) in ("texture", "script") else ""
    window.do("asset.place", path=path, position=position, entity=entity)


def dropping_operations(window: EditorWindow) -> tuple[Operation, ...]:
    """Operations that ask for files."""

    def choose(host: Host, parameters: Nothing) -> None:
        from taixu_editor.file_dialog import FileDialog

        def act(path: Path) -> None:
            if not path.exists():
                raise TaixuError(f"{path} does not exist")
            window.dropping.bring([str(path)])

        window.shell.dialogs.open(
            FileDialog(window, window.t("Import a file"), endings=_ENDINGS, start=Path.home(), act=act, verb="Import")
        )

    return (Operation("asset.import", "Import...", run=choose, blocked=no_world),)
