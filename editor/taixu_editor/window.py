"""The editor's window: one frame loop around a host and its panels."""

from __future__ import annotations

import logging
from time import perf_counter

import numpy as np
from imgui_bundle import imgui

from taixu.ecs import indices_of
from taixu.errors import TaixuError
from taixu.gpu import Device, Targets, attach_device
from taixu.platform import Window
from taixu.platform.backend import pump
from taixu.platform.events import CloseEvent, InputEvent
from taixu.render import Renderer
from taixu.scene import Hierarchy
from taixu_editor.host import Host
from taixu_editor.interface import Gui, apply_theme, load_fonts
from taixu_editor.interface.theme import DARK, Theme
from taixu_editor.layout import lay_out_docks
from taixu_editor.menus import draw_menu_bar
from taixu_editor.panels import PANELS, Panel
from taixu_editor.texts import Texts
from taixu_editor.view import Outlined, OutlineFeature, style_gizmo
from taixu_editor.widgets import DragDrop

__all__ = ["EditorWindow"]

_log = logging.getLogger(__name__)


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
        self.renderer = Renderer(self.device)
        self.outlined = Outlined()
        self.renderer.add_feature(OutlineFeature(self.outlined))
        self.gui = Gui(self.device)
        self.t = Texts()
        self.fonts = load_fonts()
        self.theme: Theme = DARK
        self.use_theme(DARK)
        self.drag_drop = DragDrop()
        self.panels: list[Panel] = []
        self.reset_panels()
        self.wants_to_close = False
        self._before = perf_counter()

    def run(self) -> None:
        """Until it is closed."""
        while not self.wants_to_close:
            self.frame()
        self.close()

    def frame(self) -> None:
        """One frame: what the user did, the world, the interface, the screen."""
        pump()
        events = self.window.poll()
        now = perf_counter()
        delta, self._before = now - self._before, now
        self.handle(events)
        self.host.frame(delta)
        self._follow_selection()
        self.window.make_current()
        self.gui.feed(events)
        self.gui.begin(self.window.size, pixel_scale=self.window.pixel_scale, delta_secs=delta)
        self.draw()
        with self.device.frame():
            target = self.device.window_targets(self.window.framebuffer_size)
            self.clear(target)
            self.gui.end(target)
        self.window.swap()

    def handle(self, events: list[InputEvent]) -> None:
        """Events that are the window's own."""
        self.wants_to_close |= any(isinstance(event, CloseEvent) for event in events)

    def draw(self) -> None:
        """Lay out menus and panels."""
        draw_menu_bar(self)
        space = imgui.dock_space_over_viewport()
        if self._wants_layout:
            self._wants_layout = False
            size = imgui.get_main_viewport().work_size
            lay_out_docks(space, self.panels, (size.x, size.y))
        for panel in self.panels:
            if panel.is_open:
                self._draw_panel(panel)

    def _draw_panel(self, panel: Panel) -> None:
        if not panel.has_padding:
            imgui.push_style_var(imgui.StyleVar_.window_padding, (0, 0))
        shown, is_open = imgui.begin(f"{self.t(panel.title)}{panel.window_name}", True)
        panel.is_open = bool(is_open)
        if not panel.has_padding:
            imgui.pop_style_var()
        if shown:
            panel.draw()
        imgui.end()

    def do(self, operation: str, *, merge: object = None, **parameters: object) -> object:
        """Do an operation for the user; what goes wrong is said and changes nothing. `merge`: see `Operations.do`."""
        try:
            return self.host.operations.do(self.host.session, operation, parameters, merge=merge)
        except TaixuError as error:
            _log.error("%s", error)
            return None

    def _follow_selection(self) -> None:
        """What is selected has lines around it."""
        session = self.host.session
        chosen = session.current.selection if session.worlds else ()
        handles = tuple(session.entity(text) for text in chosen)
        self.outlined.entities, self.outlined.active = handles, handles[-1] if handles else None

    def outline_key(self) -> tuple[object, ...]:
        """Changes when the lines do."""
        return (self.outlined.entities, self.theme.name)

    def selected_family(self) -> list[int]:
        """Handles of what is selected, with all below."""
        world, handles = self.host.session.world, np.array(self.outlined.entities, np.uint64)
        below = world.resource(Hierarchy).descendants_of(indices_of(handles))
        return [*self.outlined.entities, *world.living(world.entities_at(below)).tolist()]

    def reset_panels(self) -> None:
        """All panels anew, where they stand at first."""
        for panel in self.panels:
            panel.release()
        self.panels = [make(self) for make in PANELS]
        self._wants_layout = True

    def use_theme(self, theme: Theme) -> None:
        """Look like that from now on."""
        self.theme = theme
        self.outlined.color, self.outlined.active_color = theme.warning, theme.accent
        apply_theme(theme, scale=self.window.interface_scale)
        style_gizmo(self.window.interface_scale)

    def clear(self, target: Targets) -> None:
        """The window's ground."""
        with self.device.render_pass(target, clear_colors=[self.theme.ground]):
            pass

    def close(self) -> None:
        """Give everything back."""
        for panel in self.panels:
            panel.release()
        self.gui.release()
        self.renderer.release()
        self.host.close()
        self.window.close()
