"""The editor's window: one frame loop around a host and its panels."""

from __future__ import annotations

import logging
from pathlib import Path
from time import perf_counter

import numpy as np
from imgui_bundle import imgui

from taixu.app import Diagnostics
from taixu.assets.paths import find_sample
from taixu.ecs import indices_of
from taixu.errors import TaixuError
from taixu.gpu import Device, Targets, attach_device
from taixu.platform import Window
from taixu.platform.backend import pump
from taixu.platform.events import CloseEvent, FileDropEvent, InputEvent
from taixu.render import Renderer
from taixu.scene import Hierarchy
from taixu_editor.animating import Animating, animating_operations
from taixu_editor.dropping import Dropping, dropping_operations
from taixu_editor.export.dialogs import export_operations
from taixu_editor.host import Host
from taixu_editor.interface import Gui, apply_theme, load_fonts
from taixu_editor.interface.theme import DARK, Theme
from taixu_editor.layout import arrange_views, lay_out_docks
from taixu_editor.log_book import LogBook
from taixu_editor.mods.news import ModNews
from taixu_editor.pacing import Pacing
from taixu_editor.panels import PANELS, GraphPanel, Panel, ScriptsPanel
from taixu_editor.panels.guard import PanelGuard
from taixu_editor.play_bar import PlayBar
from taixu_editor.sample_copies import own_copy
from taixu_editor.shell import Shell
from taixu_editor.texts import Texts
from taixu_editor.thumbnails import Thumbnails
from taixu_editor.view import ModeFeature, Outlined, OutlineFeature, style_gizmo
from taixu_editor.view.brushing import Brush
from taixu_editor.view.free_place import free_place
from taixu_editor.view.operations import view_operations
from taixu_editor.view.preview import Preview
from taixu_editor.view_quality import ViewQuality
from taixu_editor.widgets import DragDrop, Eyedropper

__all__ = ["EditorWindow"]

_log = logging.getLogger(__name__)
_EDITING = frozenset({"hierarchy", "inspector", "material"})
"""Panels that edit the world, the played one while there is one."""
_FRONTS = ("inspector", "assets", "viewport")
"""Panels whose tabs are in front at first; the last has the keyboard."""
_NOBODY = np.empty(0, np.uint64)


class EditorWindow:
    """A window onto a host.

    Parameters
    ----------
    window
        Opened; this closes it.
    """

    def __init__(self, window: Window, *, trust: bool | None = None) -> None:
        self.window = window
        window.make_current()
        self.device: Device = attach_device(window.make_current)
        self.host = Host(device=self.device, trust=trust)
        self.renderer = Renderer(self.device, watch_shaders=True)
        self.outlined = Outlined()
        self.renderer.add_feature(OutlineFeature(self.outlined))
        self.modes = ModeFeature()
        self.renderer.add_feature(self.modes)
        self.renderer.lighting.skies.waits = False
        self.gui = Gui(self.device)
        self.log = LogBook()
        self.t = Texts()
        self.fonts = load_fonts()
        self.theme: Theme = DARK
        self.drag_drop, self.eyedropper = DragDrop(), Eyedropper()
        self.thumbnails, self.dropping = Thumbnails(self), Dropping(self)
        self.host.operations.add(*dropping_operations(self), *export_operations(self), is_logged=False)
        self.preview, self.animating = Preview(self.host), Animating(self)
        self.panels: list[Panel] = []
        self._wants_layout, self._panels_frame = True, 0
        self._in_front: list[str] = []
        """Panels that were seen in the latest frame with panels, by id."""
        self.wanted_views: list[Panel] = []
        """Views that are put beside one another in the next frame."""
        self._panel_class = imgui.WindowClass()  # tabs have their crosses: no other at the end of the bar
        self._panel_class.dock_node_flags_override_set = imgui.internal.DockNodeFlagsPrivate_.no_close_button
        self.guard = PanelGuard(self)
        self.quality = ViewQuality(self)
        self.shell = Shell(self)
        self.host.operations.add(*view_operations(self), *animating_operations(self), is_logged=False)
        self.play_bar = PlayBar(self)
        self.mod_news = ModNews(self)
        self.log.file_of = self.host.mods.file_of
        self.reset_panels()
        self.shell.settings_changed(keep=False)
        self.draws_fences = False
        """Whether clicks in views set corners of a fence."""
        self.brush = Brush()
        self.wants_to_close = False
        self.events: list[InputEvent] = []
        self.times, self.pacing = Diagnostics(), Pacing(self)
        self._before = perf_counter()

    def run(self) -> None:
        """Until it is closed."""
        while not self.wants_to_close:
            self.frame()
            self.pacing.follow()
        self.close()

    def frame(self) -> None:
        """One frame: what the user did, the world, the interface, the screen."""
        pump(self.pacing.rest_secs)
        events = self.events = self.window.poll()
        now = perf_counter()
        delta, self._before = self.pacing.step(now - self._before), now
        self.handle(events)
        start = perf_counter()
        self.shell.before_frame()
        self.shell.attempt(lambda: self.host.frame(delta))
        self.times.add("world", perf_counter() - start)
        self.follow_selection()
        self.log.follow(self.host.session.world if self.host.session.worlds else None)
        self.play_bar.frame()
        self.mod_news.frame()
        self.window.make_current()
        self.gui.feed(events)
        self.gui.begin(self.window.size, pixel_scale=self.window.pixel_scale, delta_secs=delta)
        start = perf_counter()
        self.draw(delta)
        self.times.add("panels", perf_counter() - start)
        start = perf_counter()
        with self.device.frame():
            self.gui.end()
            paints = self.pacing.must_paint() or not self.gui.is_as_painted()
            if paints:
                target = self.device.window_targets(self.window.framebuffer_size)
                self.clear(target)
                self.gui.paint(target)
        self.times.add("painting", perf_counter() - start)
        if paints:
            self.window.swap()
        self.times.end_frame(perf_counter() - now)

    def handle(self, events: list[InputEvent]) -> None:
        """Events that are the window's own."""
        if any(isinstance(event, CloseEvent) for event in events):
            self.ask_to_close()
        for event in events:
            if isinstance(event, FileDropEvent):
                self.dropping.take(event)
        self.dropping.frame()

    def ask_to_close(self) -> None:
        """Close when unsaved work is saved, or not wanted."""

        def close() -> None:
            self.wants_to_close = True

        self.shell.after_saving(close)

    def open(self, path: Path | str) -> None:
        """Open a project's folder or a world, and remember it; unsaved work has been asked about.

        Raises
        ------
        TaixuError
            When it cannot be read; what was open stays so.
        """
        path = own_copy(self, find_sample(Path(path)))
        self.shell.keep_picture()
        self.host.do("project.open", path=str(path))
        self.shell.opened()

    def draw(self, delta_secs: float = 1 / 60) -> None:
        """Lay out menus and panels, or the start page where nothing is open."""
        if self.shell.draw_frame(delta_secs):
            self._draw_panels()
        self.shell.draw_over()

    def _draw_panels(self) -> None:
        space = imgui.dock_space_over_viewport()
        if self._wants_layout:
            self._wants_layout = False
            size = imgui.get_main_viewport().work_size
            lay_out_docks(space, self.panels, (size.x, size.y))
            self._fronts = list(_FRONTS)
        elif imgui.get_frame_count() > self._panels_frame + 1:  # after the start page the last tabs would be in front
            self._fronts = sorted(self._in_front, key=lambda panel: panel == _FRONTS[-1])
        elif self.wanted_views:
            views, self.wanted_views = self.wanted_views, []
            arrange_views(views)
        elif self._fronts:  # tabs exist from the second frame on
            imgui.set_window_focus(f"###{self._fronts.pop(0)}")
        self._in_front = [] if not self._fronts else self._in_front
        for panel in self.panels:
            if panel.is_open:
                self._draw_panel(panel)
            else:
                panel.hide()
        self.animating.frame()
        self._panels_frame = imgui.get_frame_count()

    def _draw_panel(self, panel: Panel) -> None:
        if not panel.has_padding:
            imgui.push_style_var(imgui.StyleVar_.window_padding, (0, 0))
        is_unsaved = hasattr(panel, "navigation") and not self.shell.is_current_saved()
        flags = imgui.WindowFlags_.unsaved_document if is_unsaved else imgui.WindowFlags_.none
        imgui.set_next_window_class(self._panel_class)
        shown, is_open = imgui.begin(f"{self.t(panel.title)}{panel.window_name}", True, flags)
        panel.is_open = bool(is_open)
        if not panel.has_padding:
            imgui.pop_style_var()
        if shown:
            if not self._fronts:
                self._in_front.append(panel.id)
            self.guard.draw(panel)
            if panel.id in _EDITING and self.host.play.is_playing:
                self._mark_edge()
        else:
            panel.hide()
        imgui.end()

    def _mark_edge(self) -> None:
        """A line around a panel whose edits go to the world that is played."""
        (x, y), (wide, tall) = imgui.get_window_pos(), imgui.get_window_size()
        draw = imgui.get_window_draw_list()
        draw.push_clip_rect((x, y), (x + wide, y + tall), False)
        draw.add_rect((x + 1, y + 1), (x + wide - 1, y + tall - 1), self.theme.pack("accent", 0.55), 0.0, 1.5)
        draw.pop_clip_rect()

    def do(self, operation: str, *, merge: object = None, **parameters: object) -> object:
        """Do an operation for the user; what goes wrong is said and changes nothing. `merge`: see `Operations.do`."""
        try:
            return self.host.operations.do(self.host.session, operation, parameters, merge=merge)
        except TaixuError as error:
            self.shell.say_error(str(error))
        except Exception as error:  # a fault of ours ends no session: its work is still there to be saved
            self.shell.say_fault(operation, error)
        return None

    def follow_selection(self) -> None:
        """What is selected has lines around it."""
        session = self.host.session
        self.outlined.choose(session.current.selected if session.worlds else _NOBODY)

    def outline_key(self) -> tuple[object, ...]:
        """Changes when the lines do."""
        return (self.outlined.version, self.theme.name)

    def selected_family(self) -> list[int]:
        """Handles of what is selected, with all below."""
        world, handles = self.host.session.world, self.outlined.handles
        below = world.resource(Hierarchy).descendants_of(indices_of(handles))
        return [*self.outlined.entities, *world.living(world.entities_at(below)).tolist()]

    def open_script(self, path: str, line: int = 0) -> None:
        """Show a script of the project, or of one of its mods, at a line."""
        if mod := self.host.mods.mod_of(path):
            self.mod_news.show(mod)
            return
        path = self.host.mods.file_of(path)
        for panel in self.panels:
            if isinstance(panel, ScriptsPanel):
                panel.show(path, line)
                self.shell.later(lambda: self.shell.show_panel("scripts"))

    def open_graph(self, path: str = "") -> None:
        """Show a graph of a material, or the panel where none is named."""
        for panel in self.panels:
            if isinstance(panel, GraphPanel):
                panel.open(path)

    def reset_panels(self) -> None:
        """All panels anew, where they stand at first."""
        for panel in self.panels:
            panel.release()
        self.panels = [make(self) for make in PANELS]
        self._wants_layout, self._fronts = True, []

    def keep_docks(self) -> None:
        """Panels stay where a layout has put them."""
        self._wants_layout, self._fronts = False, []

    def place_in_view(self) -> tuple[float, float, float]:
        """A free place of the ground in the middle of the view, or as far away as what it turns around."""
        camera = self.shell.camera
        if camera is None:
            return (0.0, 0.0, 0.0)
        pivot, origin, towards = camera.pivot, camera.eye, -camera.back
        reach = -origin[1] / towards[1] if abs(towards[1]) > 1e-3 else -1.0
        point = origin + towards * reach if 0 < reach < camera.distance_m * 4 else pivot
        point = np.array([point[0], max(round(float(point[1]), 3), 0.0), point[2]])
        x, y, z = free_place(self.host.session.world, point, camera.axes[0])
        return (round(float(x), 3), float(y), round(float(z), 3))

    def use_theme(self, theme: Theme) -> None:
        """Look like that from now on."""
        self.theme = theme
        self.outlined.color, self.outlined.active_color = theme.warning, theme.accent
        self.modes.background, self.modes.ink = theme.ground, theme.text
        apply_theme(theme, scale=self.shell.scale)
        style_gizmo(self.shell.scale)

    def clear(self, target: Targets) -> None:
        """The window's ground."""
        with self.device.render_pass(target, clear_colors=[self.theme.ground]):
            pass

    def close(self) -> None:
        """Give everything back."""
        self.shell.close()
        for panel in self.panels:
            panel.release()
        self.preview.stop()
        self.thumbnails.release()
        self.log.close()
        self.gui.release()
        self.renderer.release()
        self.host.close()
        self.window.close()
