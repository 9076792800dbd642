"""What surrounds the panels: settings, keys, menus, palette, dialogs, toasts, start page, and what a crash leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.assets.atomic import write_atomic
from taixu.edit import Done, Project
from taixu.errors import TaixuError
from taixu.script import write_stubs
from taixu_editor.additions import ADD_OPERATIONS, ADDITIONS
from taixu_editor.agent_desk import AgentDesk, agent_operations
from taixu_editor.assets.following import AssetFollower
from taixu_editor.dialogs import Choice, Dialogs
from taixu_editor.document_tabs import DocumentTabs
from taixu_editor.documents import Documents
from taixu_editor.doubts import Doubts
from taixu_editor.folders import project_picture, recovery_folder
from taixu_editor.interface import THEMES, icon
from taixu_editor.interface.keys import is_pressed
from taixu_editor.interface.pictures import Pictures
from taixu_editor.keymap import Keymap
from taixu_editor.layout import LAST, load_layout, save_layout
from taixu_editor.long_acts import LongActs
from taixu_editor.menus import draw_menu_bar
from taixu_editor.outside_changes import OutsideChanges
from taixu_editor.palette import Entry, Palette
from taixu_editor.panels.guide import GuidePanel
from taixu_editor.panels.start_page import StartPage
from taixu_editor.recovery import Keeper
from taixu_editor.recovery_dialog import offer_lost
from taixu_editor.script_drafts import drafts_below
from taixu_editor.session_log import log_operations
from taixu_editor.settings import Settings, load_settings, save_settings
from taixu_editor.shell_operations import shell_operations
from taixu_editor.statusline import StatusLine
from taixu_editor.toasts import Toasts
from taixu_editor.toolbar import draw_toolbar
from taixu_editor.trust import Trust
from taixu_editor.view.customs import CUSTOMS
from taixu_editor.warming import Warming

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Shell"]

_log = logging.getLogger(__name__)
_WHILE_TYPING = frozenset({"editor.palette", "play.start", "play.stop", "play.pause", "play.step", "play.eject"})
_LAYOUT_SECS = 20.0


class Shell:
    """The parts of a window that are no panels.

    Attributes
    ----------
    settings
        The user's; call `settings_changed` after a change.
    keymap, toasts, dialogs, palette
        As they are called.
    """

    def __init__(self, window: EditorWindow) -> None:
        self.window = window
        self.settings, said = load_settings()
        operations = window.host.operations
        operations.add(*(each for each in ADD_OPERATIONS if each.id not in operations))
        operations.add(*shell_operations(window), *agent_operations(window), *log_operations(window), is_logged=False)
        self.keymap = Keymap(operations, preset=self.settings.key_preset, changed=self.settings.keys)
        self.toasts, self.dialogs = Toasts(window), Dialogs(window)
        self.palette, self.status = Palette(window), StatusLine(window)
        self.pictures = Pictures(window.device, window.gui.painter)
        self.documents, self.followed = Documents(window), AssetFollower(window.host)
        self.document_tabs = DocumentTabs(window, self.documents)
        self.start_page, self.agents = StartPage(window), AgentDesk(window)
        self.warming = Warming(window)
        self.keeper = Keeper(window.host, recovery_folder())
        self.trust = Trust(window)
        self.long_acts = LongActs(window)
        self.capture: Callable[[str], None] | None = None
        """Takes the next shortcut that is pressed, in place of doing what it is bound to."""
        self._later: list[Callable[[], object]] = []
        self._layout_at = monotonic() + _LAYOUT_SECS
        self._title = ""
        self._screen_scale = window.window.interface_scale
        self.outside, self.doubts = OutsideChanges(window), Doubts(window)
        operations.on_done.append(self._done)
        if said:
            self.toasts.say(said, "warning")

    # -- settings ----------------------------------------------------------------------------------------------------
    @property
    def scale(self) -> float:
        """How large the interface is: of the screen's dots, and the user's choice."""
        return self.window.window.interface_scale * self.settings.interface_scale

    def use_settings(self, settings: Settings) -> None:
        """Look, speak and answer keys as these say, from the next frame on."""
        self.settings = settings
        self.settings_changed(keep=False)

    def settings_changed(self, *, keep: bool = True) -> None:
        """Follow the settings, and write them."""
        window, settings = self.window, self.settings
        window.t.use(settings.language)
        self.keymap.use(settings.key_preset, settings.keys)
        window.use_theme(THEMES[settings.theme])
        window.quality.follow()
        for panel in self._views():
            panel.navigation.customs = CUSTOMS[settings.key_preset]
        for gizmo in self._gizmos():
            gizmo.snap.move_m, gizmo.snap.angle_deg = settings.snap_move_m, settings.snap_angle_deg
            gizmo.snap.scale, gizmo.snap.to_grid = settings.snap_scale, settings.snap_to_grid
            gizmo.snap.surface, gizmo.snap.align = settings.snap_surface, settings.snap_align
            gizmo.snap.vertex = settings.snap_vertex
        if keep:
            said = save_settings(settings)
            if said:
                self.toasts.say(said, "error")

    # -- the frame ---------------------------------------------------------------------------------------------------
    def before_frame(self) -> None:
        """What waits for the space between two frames."""
        waiting, self._later, self.long_acts.says = self._later, [], ""
        for act in waiting:
            self.attempt(act)
        self.warming.frame()
        self.agents.frame()
        self.followed.frame()
        self.outside.frame()
        self.doubts.frame()
        if self.window.window.interface_scale != self._screen_scale:
            self._screen_scale = self.window.window.interface_scale
            self.settings_changed(keep=False)
        if self.settings.autosave:
            self.keeper.frame(self.settings.autosave_secs)
            if self.keeper.problem:
                self.toasts.say(self.keeper.problem, "warning")
        if monotonic() > self._layout_at:
            self._layout_at = monotonic() + _LAYOUT_SECS
            self.keep_layout()
        self._entitle()

    def draw_frame(self, delta_secs: float) -> bool:
        """Menus and bars; whether panels come into what they leave."""
        draw_menu_bar(self.window)
        if not self.window.host.session.worlds:
            self.start_page.draw()
            for panel in self.window.panels:
                if isinstance(panel, GuidePanel):
                    panel.draw_over_start()
            return False
        draw_toolbar(self.window)
        self.document_tabs.draw()
        self.status.draw(delta_secs)
        return True

    def draw_over(self) -> None:
        """What lies over the panels; shortcuts are answered last, when it is known who has the keyboard."""
        self._answer_keys()
        self.dialogs.draw()
        self.palette.draw()
        self.toasts.draw()
        self.long_acts.draw()

    def later(self, act: Callable[[], object], *, says: str = "") -> None:
        """Do something before the next frame begins; what `says` something is long, and the present frame shows that."""
        self._later.append(act)
        self.long_acts.says = says or self.long_acts.says

    def do_later(self, operation: str) -> None:
        """Do an operation that somebody has chosen before the next frame begins."""
        self.later(partial(self.window.do, operation), says=self.long_acts.of_operation(operation))

    def open_later(self, path: Path) -> None:
        """Open a project or a world before the next frame begins."""
        self.later(partial(self.window.open, path), says=self.long_acts.of_opening(path))

    @property
    def is_waiting(self) -> bool:
        """Whether something is to be done before the next frame, or fades now."""
        return bool(self._later) or self.toasts.is_fading

    def attempt(self, act: Callable[[], object]) -> None:
        """Do something; what goes wrong is said."""
        try:
            act()
        except TaixuError as error:
            self.say_error(str(error))
        except Exception as error:
            self.say_fault(getattr(act, "__name__", "it"), error)

    def say_fault(self, what: str, error: Exception) -> None:
        """Something of the editor's own went wrong: the log has all of it."""
        _log.error("%s failed", what, exc_info=error)
        self.say_error(self.window.t("{what} failed by a fault of the editor ({kind}); the log says more", what=what,
                                     kind=type(error).__name__))  # fmt: skip

    def say_error(self, sentence: str) -> None:
        """A toast, and a line of the log, which the toast leads to."""
        _log.error("%s", sentence)
        has_log = any(panel.id == "log" for panel in self.window.panels) and bool(self.window.host.session.worlds)
        self.toasts.say(self.window.t(sentence), "error", action="Show log" if has_log else "", act=partial(self.show_panel, "log"))

    def _done(self, done: Done) -> None:
        """What takes things away can be undone where it is said; a graph that is opened is shown."""
        if done.operation in ("graph.open", "graph.new"):
            self.later(self.window.open_graph)
        if done.operation == "entity.delete":
            count = len(done.parameters.get("entities", ()))
            undo = partial(self.do_later, "history.undo")
            self.toasts.say(self.window.t("{count} deleted", count=count), action="Undo", act=undo)

    # -- keys --------------------------------------------------------------------------------------------------------
    def _answer_keys(self) -> None:
        io = imgui.get_io()
        is_popup = imgui.is_popup_open("", imgui.PopupFlags_.any_popup)
        if self.capture is not None or is_popup or self.dialogs.current is not None:
            return
        if any(gizmo.is_dragging for gizmo in self._gizmos()):
            return
        is_played = any(getattr(panel, "takes_keys", False) for panel in self.window.panels)
        is_typing, is_flying = io.want_text_input or is_played, self._is_flying()
        frame = imgui.get_frame_count()
        taken = {key for panel in self.window.panels if panel.keyboard_frame == frame for key in panel.own_keys}
        for shortcut, operations in self.keymap.bound.items():
            if shortcut in taken or not is_pressed(shortcut):
                continue
            if is_flying and "+" not in shortcut and len(shortcut) == 1:
                continue
            for operation in operations:
                if is_typing and operation not in _WHILE_TYPING:
                    continue
                if not self.window.host.operations.blocked(self.window.host.session, operation):
                    self.do_later(operation)
                    return

    def _is_flying(self) -> bool:
        return any(panel.navigation.is_flying for panel in self._views())

    # -- views -------------------------------------------------------------------------------------------------------
    @property
    def gizmo(self) -> Any:
        """The first view's handles, or None."""
        return next(iter(self._gizmos()), None)

    def _gizmos(self) -> list[Any]:
        return [panel.gizmo for panel in self.window.panels if hasattr(panel, "gizmo")]

    def _views(self) -> list[Any]:
        return [panel for panel in self.window.panels if hasattr(panel, "navigation")]

    def each_gizmo(self, change: Callable[[Any], None]) -> None:
        """Change the handles of all views."""
        for gizmo in self._gizmos():
            change(gizmo)

    def view_command(self, name: str) -> None:
        """Call a method of the view that was used last."""
        view = self.view
        if view is not None:
            getattr(view, name)()

    @property
    def camera(self) -> Any:
        """The camera of the view that was used last, or None."""
        view = self.view
        return None if view is None else view.camera

    @property
    def view(self) -> Any:
        """The view that was used last, or None."""
        return max(self._views(), key=lambda panel: panel.used, default=None)

    # -- what the palette offers besides operations --------------------------------------------------------------------
    def entries(self) -> list[Entry]:
        """Things to add and panels to show."""
        window, t = self.window, self.window.t
        found = []
        if window.host.session.worlds:
            for kind, each in ADDITIONS.items():
                if each is not None:
                    add = partial(window.do, "editor.add", kind=kind)
                    found.append(Entry(t("Add: {name}", name=t(each.title)), add, also=f"Add {each.title}"))
            for panel in window.panels:
                show = partial(self.show_panel, panel.id)
                found.append(Entry(t("Show: {name}", name=t(panel.title)), show, also=f"Show {panel.title}"))
        return found

    def show_panel(self, panel_id: str) -> None:
        """Open a panel and bring it to the front."""
        for panel in self.window.panels:
            if panel.id == panel_id:
                panel.is_open = True
                imgui.set_window_focus(panel.window_name)

    # -- worlds ------------------------------------------------------------------------------------------------------
    def is_saved(self) -> bool:
        """Whether closing would lose nothing."""
        host = self.window.host
        return all(entry.history.is_saved or host.play.is_played(entry) for entry in host.session.worlds)

    def is_current_saved(self) -> bool:
        """Whether the document that is edited is saved."""
        current = self.documents.current
        return current is None or current.history.is_saved

    def after_saving(self, act: Callable[[], object]) -> None:
        """Do something that closes all documents: what is unsaved is asked about first."""
        self.documents.after_saving(self.documents.entries, act, with_panels=True)

    def world_name(self) -> str:
        """What the open world or prefab is called."""
        current = self.documents.current
        return "" if current is None else self.documents.name(current)

    def opened(self) -> None:
        """Something was opened: it is remembered, and gizmos take the settings' steps."""
        session = self.window.host.session
        project = session.project
        path = project.root if project.has_manifest else session.current.path
        if project.has_manifest and self.trust.is_own(project.root):
            write_stubs(project.root, session.components)  # for the completion of the user's code editor
        self._offer_drafts(project)
        if path is not None:
            self.settings.remember(path)
            self.settings_changed()

    def _offer_drafts(self, project: Project) -> None:
        """Scripts that were written and not saved when an editor ended."""
        found = drafts_below(project.root) if project.has_manifest else []
        if found:
            names = ", ".join(file.name for file in found[:5])
            act = partial(self.window.open_script, project.path_of(found[0]))
            text = self.window.t("Unsaved text of {names} was found.", names=names)
            self.toasts.say(text, "warning", action="Show it", act=act, secs=20.0)

    def start(self) -> None:
        """The window is complete: the last layout, and what a crash left."""
        if self.window.panels:
            load_layout(self.window, LAST)
        offer_lost(self.window)

    def keep_layout(self) -> None:
        """Write where everything stands, for the next time."""
        if not self.window.host.session.worlds:
            return
        try:
            save_layout(self.window, LAST)
        except TaixuError as error:
            _log.warning("the layout is not kept: %s", error)

    def keep_picture(self) -> None:
        """Remember what the view shows as the picture of the open project; it is left now."""
        import io

        from PIL import Image

        session = self.window.host.session
        view = next((panel.view for panel in self._views()), None)
        path = session.project.root if session.project.has_manifest else session.current.path if session.worlds else None
        if path is None or not session.worlds or session.current.is_prefab:
            return
        if view is None or view.graph is None or "color" not in view.graph.textures:
            return
        self.window.window.make_current()
        pixels = view.graph.textures["color"].read()[::-1, :, :3]
        if pixels.dtype != "uint8":
            return
        picture, data = Image.fromarray(pixels.copy()), io.BytesIO()
        picture.thumbnail((480, 300))
        picture.save(data, "JPEG", quality=85)
        try:
            write_atomic(project_picture(path), data.getvalue())
        except TaixuError as error:
            _log.warning("the picture of the project is not kept: %s", error)
        self.start_page.forget_pictures()

    def close_project(self) -> None:
        """Show the start page; unsaved work has been asked about."""
        self.keep_layout()
        self.keep_picture()
        self.window.host.close_project()

    def close(self) -> None:
        """All was asked about."""
        self.keep_layout()
        self.keep_picture()
        self.agents.stop()
        self.keeper.close()
        self.pictures.release()

    def _entitle(self) -> None:
        session = self.window.host.session
        parts = ["Taixu"]
        if session.worlds:
            dot = "" if self.is_current_saved() else "● "
            parts = [f"{dot}{self.world_name()}", session.project.name or session.project.root.name, "Taixu"]
        title = " – ".join(parts)
        if title != self._title:
            self._title = title
            self.window.window.title = title

    def about(self) -> None:
        """Say what this is."""
        from importlib.metadata import version

        text = self.window.t("Place, script, generate and play worlds.")
        self.dialogs.ask("Taixu", f"{icon('world')}  Taixu {version('taixu')}\n{text}", Choice("Close", lambda: None))
