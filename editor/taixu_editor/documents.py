"""The open worlds and prefabs of a window: going from one to another, saving and closing them.

What the window keeps of each (where its views look from, who opened it) lies here; the tabs themselves are drawn by
`document_tabs`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.ecs import World
from taixu.edit import OpenWorld, PrefabInstance
from taixu.edit.prefab_world import PREFAB_SUFFIX
from taixu_editor.dialogs import Choice

if TYPE_CHECKING:
    from taixu_editor.view import OrbitCamera
    from taixu_editor.window import EditorWindow

__all__ = ["Documents"]

WORLD_ENDING = ".world.json"


@dataclass(slots=True)
class _Kept:
    """What a window keeps of an open document."""

    entry: OpenWorld
    number: int
    """Names its tab as long as it is open."""
    opener: OpenWorld | None = None
    cameras: dict[str, OrbitCamera] = field(default_factory=dict)
    """By view."""


class Documents:
    """The open documents of a window."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._kept: list[_Kept] = []
        self._next = 0
        self._count = 0
        self._counted: object = None
        context = imgui.get_current_context()
        context.config_nav_windowing_key_next = context.config_nav_windowing_key_prev = 0  # Ctrl+Tab goes through documents

    # -- what is open ------------------------------------------------------------------------------------------------
    @property
    def entries(self) -> list[OpenWorld]:
        """Documents in the order of their tabs; a played copy is none."""
        host = self._window.host
        return [entry for entry in host.session.worlds if not host.play.is_played(entry)]

    @property
    def current(self) -> OpenWorld | None:
        """The one that is edited; while a world is played, that one."""
        host = self._window.host
        if not host.session.worlds:
            return None
        return host.play.edited if host.play.is_playing else host.session.current

    def name(self, entry: OpenWorld) -> str:
        """What a document is called."""
        if entry.path is None:
            return self._window.t("New world")
        return entry.path.name.removesuffix(WORLD_ENDING).removesuffix(PREFAB_SUFFIX)

    def kept(self, entry: OpenWorld) -> _Kept:
        """What is kept of a document."""
        entries = self._window.host.session.worlds
        self._kept = [each for each in self._kept if any(each.entry is one for one in entries)]
        found = next((each for each in self._kept if each.entry is entry), None)
        if found is None:
            self._next += 1
            found = _Kept(entry, self._next)
            self._kept.append(found)
        return found

    # -- places of looking -------------------------------------------------------------------------------------------
    def keep_camera(self, view: str, world: World | None, camera: OrbitCamera) -> None:
        """A view turns to another world: where it looked from in this one is kept."""
        entry = next((each for each in self.entries if each.app.world is world), None)
        if entry is not None:
            self.kept(entry).cameras[view] = replace(camera, pivot=camera.pivot.copy(), _goal=None)

    def find_camera(self, view: str, world: World) -> OrbitCamera | None:
        """Where a view looked from when it showed a world last."""
        entry = next((each for each in self.entries if each.app.world is world), None)
        return None if entry is None else self.kept(entry).cameras.get(view)

    # -- going about -------------------------------------------------------------------------------------------------
    def open(self, path: str | Path) -> None:
        """Open a world or a prefab of the project in a tab, or go to its tab; another project's world closes this one."""
        window = self._window
        session = window.host.session
        file = Path(path) if Path(path).is_absolute() else session.project.file(str(path))
        if session.worlds and file.resolve().is_relative_to(session.project.root.resolve()):
            before = self.current
            window.host.do("document.open", path=str(file))
            entry = session.current
            window.preview.stop()
            if entry is not before and entry.is_prefab:
                self.kept(entry).opener = before
                for panel in window.panels:
                    if panel.id == "hierarchy":
                        panel.rows.open([int(entry.root, 16)])  # type: ignore[attr-defined]
        else:
            window.shell.after_saving(lambda: window.open(file))

    def show(self, entry: OpenWorld) -> None:
        """Go to a document."""
        session = self._window.host.session
        if entry in session.worlds and session.current is not entry:
            self._window.preview.stop()
            self._window.do("document.show", number=session.worlds.index(entry))

    def close(self, entry: OpenWorld | None = None) -> None:
        """Close a document, the current one where none is named; what is unsaved is asked about."""
        self._window.host.refuse_while_playing()
        entry = entry or self.current
        if entry is not None:
            self.after_saving([entry], partial(self._close, entry))

    def close_others(self, entry: OpenWorld) -> None:
        """Close all but one."""
        self._window.host.refuse_while_playing()
        others = [each for each in self.entries if each is not entry]

        def act() -> None:
            for each in others:
                self._close(each)

        self.after_saving(others, act)

    def _close(self, entry: OpenWorld) -> None:
        window = self._window
        session = window.host.session
        if entry not in session.worlds:
            return
        if len(self.entries) == 1:
            window.shell.close_project()
            return
        opener, was_current = self.kept(entry).opener, session.current is entry
        window.preview.stop()
        window.do("document.drop", number=session.worlds.index(entry))
        if was_current and opener is not None and opener in session.worlds:
            session.activate(opener)

    # -- saving ------------------------------------------------------------------------------------------------------
    def after_saving(self, entries: Sequence[OpenWorld], act: Callable[[], object], *, with_panels: bool = False) -> None:
        """Do something that closes documents: those that are unsaved are asked about first, and panels' texts with them."""
        window, t = self._window, self._window.t
        unsaved = [entry for entry in entries if not entry.history.is_saved]
        texts = [path for panel in window.panels for path in panel.unsaved] if with_panels else []
        names = [*(self.name(entry) for entry in unsaved), *texts]
        if not names:
            act()
            return
        if len(names) == 1:
            said = t("{name} has changes that are not saved.", name=names[0])
        else:
            shown = ", ".join(names[:6]) + (" ..." if len(names) > 6 else "")
            said = t("{count} documents have changes that are not saved: {names}", count=len(names), names=shown)

        def finish() -> None:
            for panel in window.panels if texts else ():
                panel.save_all()
            if not texts or not any(panel.unsaved for panel in window.panels):
                act()

        window.shell.dialogs.ask(
            t("Save changes?"), said, Choice("Save", partial(self.save, unsaved, finish)), Choice("Cancel", lambda: None),
            Choice("Do not save", act),
        )  # fmt: skip

    def save(self, entries: Sequence[OpenWorld], then: Callable[[], object] = lambda: None) -> None:
        """Save documents one after another, and go on when all are; one without a name is asked for it."""
        window = self._window
        if not entries:
            then()
            return
        entry, rest = entries[0], entries[1:]
        window.host.play.stop()
        if entry not in window.host.session.worlds:
            return
        former = self.current
        window.host.session.activate(entry)
        if entry.path is None:
            self.ask_for_name(then=lambda: self.save(rest, then))
            return
        window.do("editor.save")
        if former is not None and former in window.host.session.worlds:
            window.host.session.activate(former)
        if entry.history.is_saved:
            self.save(rest, then)

    def ask_for_name(self, *, then: Callable[[], object] = lambda: None) -> None:
        """Save the current document under a name that is asked for."""
        from taixu_editor.file_dialog import FileDialog

        window = self._window
        session = window.host.session
        entry, ending = session.current, PREFAB_SUFFIX if session.current.is_prefab else WORLD_ENDING
        start = entry.path or session.project.root / "worlds" / f"new{ending}"
        heading = window.t("Save the prefab as") if entry.is_prefab else window.t("Save the world as")

        def act(path: Path) -> None:
            with session.within(entry):
                window.host.do("world.save", path=str(path))
            window.shell.opened()
            window.shell.toasts.say(window.t("Saved {name}", name=path.name), "success")
            window.shell.later(then)

        window.shell.dialogs.open(
            FileDialog(window, heading, endings=(ending,), start=start, act=act, saves=True, verb="Save")
        )

    # -- prefabs -----------------------------------------------------------------------------------------------------
    def chain(self, entry: OpenWorld) -> list[OpenWorld]:
        """From the world where somebody began, through the prefabs that were opened, to a document."""
        chain = [entry]
        while True:
            before = self.kept(chain[0]).opener
            if before is None or before in chain or before not in self._window.host.session.worlds:
                return chain
            chain.insert(0, before)

    def count_instances(self, entry: OpenWorld) -> int:
        """How many instances of a prefab stand in the other documents; counted anew when one of them was worked on."""
        if entry.path is None:
            return 0
        session = self._window.host.session
        others = [each.app.world for each in session.worlds if each is not entry]
        key = (entry.path, tuple((id(world), world.tick) for world in others))
        if key != self._counted:
            source = session.project.path_of(entry.path)
            self._counted, self._count = key, sum(_instances(world, source) for world in others)
        return self._count


def _instances(world: World, source: str) -> int:
    return sum(int((table.read(PrefabInstance, "source") == source).sum()) for table in world.query(PrefabInstance))
