"""What is doubtful about a live twin: bindings that hit nothing, devices that nobody feeds, rules that cannot be asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui

from taixu.edit import id_text
from taixu.twin.device import Device
from taixu_editor.interface import icon
from taixu_editor.widgets.nothing import say_nothing

if TYPE_CHECKING:
    from taixu_editor.panels.twin import TwinPanel

__all__ = ["ProblemsTab"]

_ICONS = {"error": ("error", "bad"), "warning": ("warning", "warning"), "info": ("info", "faint")}


class ProblemsTab:
    """A line a problem; a click goes to it."""

    def __init__(self, panel: TwinPanel) -> None:
        self._panel = panel

    def draw(self) -> None:
        """All of them, and where they are."""
        panel, t, theme, unit = self._panel, self._panel.t, self._panel.window.theme, imgui.get_font_size()
        lines = [(each.severity, each.where, each.message) for each in panel.desk.findings]
        lines += [("error", f"twin.rules: {name}", what) for name, what in panel.desk.rule_problems().items()]
        if not lines:
            text = t("Nothing is doubtful.") if panel.desk.is_live else t("Connect to see what is doubtful.")
            say_nothing(panel.window, "success", text)
            return
        imgui.begin_child("problems")
        for number, (severity, where, what) in enumerate(lines):
            picture, color = _ICONS.get(severity, _ICONS["info"])
            imgui.push_id(number)
            imgui.align_text_to_frame_padding()
            imgui.text_colored(getattr(theme, color), icon(picture))
            imgui.same_line(0, unit * 0.5)
            imgui.push_style_color(imgui.Col_.button, (0, 0, 0, 0))
            if panel.button(f"go {number}", where, tip=t("Go to it")):
                self.go_to(where)
            imgui.pop_style_color()
            imgui.same_line(0, unit * 0.5)
            imgui.text_disabled(what)
            imgui.pop_id()
        imgui.end_child()

    def go_to(self, where: str) -> None:
        """Show a binding or a rule, or select devices."""
        panel = self._panel
        if found := re.fullmatch(r"twin\.bindings\[(\d+)\]", where):
            panel.tab = "bindings"
            panel.bindings.reveal(int(found[1]))
        elif where.startswith("twin.rules: "):
            panel.tab = "rules"
            panel.rules.choose(where.removeprefix("twin.rules: "))
        elif where.startswith("device"):
            names = where.partition(" ")[2].partition(" and ")[0].split(", ")
            panel.window.do("selection.set", entities=self._entities(names))
            panel.window.shell.later(lambda: panel.window.do("view.focus"))

    def _entities(self, keys: list[str]) -> list[str]:
        world = self._panel.host.session.world
        found: list[str] = []
        for table in world.query(Device):
            rows = np.flatnonzero(np.isin(table.read(Device, "key").astype(str), keys))
            found += [id_text(number) for number in world.stable_ids(table.entities[rows]).tolist()]
        return found
