"""One mod: who made it, what it may do and costs, what it said, and what can be done with it."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.log_book import LogLine
from taixu_editor.mods.state import budget_ms, millis_of
from taixu_editor.mods.words import grouped, request_picture, request_text, size_text
from taixu_editor.panels.mods_chart import draw_curve

if TYPE_CHECKING:
    from taixu_editor.panels.mods import ModRow, ModsPanel

__all__ = ["ModDetails"]

_COLORS = {"info": "faint", "warning": "warning", "error": "bad"}
_MOST_LINES = 40


class ModDetails:
    """What stands beside the list."""

    def __init__(self, panel: ModsPanel) -> None:
        self._panel = panel
        self._lines: list[LogLine] = []
        self._heard: tuple[int, str] = (-1, "")

    def draw(self, row: ModRow) -> None:
        """All that is known of a mod."""
        self._draw_title(row)
        self._draw_buttons(row)
        if row.state.mood in ("bad", "warning"):
            self._paragraph(row.state.text, row.state.mood)
            if row.mod is not None and row.mod.fault:
                self._follow(next((line for line in self._said(row) if line.level == "error"), None), "fault")
        if row.mod is not None:
            self._draw_cost(row)
        entry = row.entry
        if entry is not None and entry.manifest is not None and entry.manifest.description:
            self._paragraph(entry.manifest.description, "text")
        self._draw_log(row)
        self._draw_rights(row)
        self._draw_facts(row)

    # -- parts -------------------------------------------------------------------------------------------------------
    def _draw_title(self, row: ModRow) -> None:
        imgui.push_font(self._panel.window.fonts.bold, 0.0)
        imgui.text_unformatted(row.title)
        imgui.pop_font()
        if row.entry is not None:
            imgui.same_line()
            imgui.text_disabled(f"{row.id}  {row.entry.version}")

    def _draw_buttons(self, row: ModRow) -> None:
        panel, t, shell = self._panel, self._panel.t, self._panel.window.shell
        drawn = False

        def button(name: str, text: str, picture: str, *, tip: str = "") -> bool:
            nonlocal drawn
            if drawn:
                imgui.same_line()
            drawn = True
            return panel.button(name, text, picture=picture, tip=tip)

        if row.state.needs == "agree" and button("look", t("Look and agree..."), "shield"):
            panel.install()
        if row.mod is not None and button("restart", t("Start again"), "reset", tip=t("From nothing, in its place of the order")):
            shell.later(partial(panel.window.do, "mods.restart", name=row.id))
        script = self._source(row)
        if script and button("edit", t("Edit"), "script"):
            panel.window.open_script(script)
        if row.entry is None or row.entry.manifest is None:
            return
        if button("check", t("Check"), "success", tip=t("Nothing is run")):
            shell.later(partial(self._check, row.id))
        if row.entry.folder is None and button("remove", t("Remove"), "delete"):
            self._ask_to_remove(row)

    def _source(self, row: ModRow) -> str:
        """The script that can be edited; empty where a package lies in its zip."""
        if row.entry is None:
            return row.id.partition("@")[0]
        if row.entry.folder is None or row.entry.manifest is None:
            return ""
        return f"mods/{row.entry.folder.name}/{row.entry.manifest.entry}"

    def _draw_cost(self, row: ModRow) -> None:
        panel, t, theme, unit, mod = self._panel, self._panel.t, self._panel.window.theme, imgui.get_font_size(), row.mod
        assert mod is not None
        millis, budget = millis_of(mod), budget_ms(mod)
        width = imgui.get_content_region_avail().x
        draw_curve(theme, millis, budget, (width, unit * 2.6), is_filled=True)
        panel.mark("chart")
        if not len(millis):
            return
        p50, p95 = np.percentile(millis[-240:], (50, 95))
        said = "{ms} ms a step, {p95} at worst of twenty; it may take {budget}"
        imgui.text_disabled(t(said, ms=f"{p50:.2f}", p95=f"{p95:.2f}", budget=f"{budget:g}"))
        if mod.cost.traps:
            imgui.text_disabled(t("It was ended {count} times, and went on from its last good state", count=mod.cost.traps))

    def _draw_log(self, row: ModRow) -> None:
        panel, theme, unit = self._panel, self._panel.window.theme, imgui.get_font_size()
        lines = self._said(row)
        if not lines:
            return
        self._heading(panel.t("It said"))
        for number, line in enumerate(lines):
            text = line.text.replace("\n", " ") + (f"  ({line.count}×)" if line.count > 1 else "")
            imgui.push_style_color(imgui.Col_.text, getattr(theme, _COLORS[line.level]))
            imgui.push_text_wrap_pos(0)
            imgui.text_unformatted(text)
            imgui.pop_text_wrap_pos()
            imgui.pop_style_color()
            if line.line or line.level == "error":
                self._follow(line, f"line {number}")
        imgui.dummy((0, unit * 0.1))

    def _follow(self, line: LogLine | None, name: str) -> None:
        """A click on the item just drawn shows what a line of the log speaks of."""
        if line is None:
            return
        self._panel.mark(name)
        if imgui.is_item_hovered():
            imgui.set_mouse_cursor(imgui.MouseCursor_.hand)
            imgui.set_tooltip(self._panel.t("Show line {line}", line=line.line or 1))
        if imgui.is_item_clicked():
            self._panel.window.shell.later(partial(self._panel.window.open_script, line.file, line.line))

    def _said(self, row: ModRow) -> list[LogLine]:
        """Its latest lines, the newest first."""
        log = self._panel.window.log
        if self._heard != (log.version, row.id):
            self._heard = (log.version, row.id)
            place, entity = _place_of(row), row.id.rpartition("@")[2].zfill(16) if row.entry is None else ""
            said = (
                line for line in reversed(log.lines)
                if line.source == "script" and line.file.startswith(place) and entity in ("", line.entity)
            )  # fmt: skip
            self._lines = list(islice(said, _MOST_LINES))
        return self._lines

    def _draw_rights(self, row: ModRow) -> None:
        t, theme, unit = self._panel.t, self._panel.window.theme, imgui.get_font_size()
        if row.entry is None:
            if row.mod is not None:
                self._heading(t("It may"))
                self._paragraph(t("read and change: {names}", names=", ".join(sorted(row.mod.grants.read))), "text")
                if row.mod.grants.capabilities:
                    self._paragraph(t("use: {names}", names=", ".join(sorted(row.mod.grants.capabilities))), "text")
            return
        if row.entry.manifest is None:
            return
        self._heading(t("It may"))
        if not row.entry.requests:
            self._paragraph(t("nothing but run"), "faint")
        for request in grouped(row.entry.requests):
            is_denied = request.name in row.entry.denied
            imgui.text_colored(theme.faint, icon("close" if is_denied else request_picture(request)))
            imgui.same_line(unit * 1.8)
            text = request_text(t, request)
            imgui.push_text_wrap_pos(0)
            if is_denied:
                imgui.text_disabled(t("not {text}: you refused it", text=text))
            else:
                imgui.text_unformatted(text)
            imgui.pop_text_wrap_pos()
            if request.why:
                imgui.set_item_tooltip(f"“{request.why}”")

    def _draw_facts(self, row: ModRow) -> None:
        t, entry = self._panel.t, row.entry
        if entry is None or entry.manifest is None:
            return
        manifest, lines = entry.manifest, []
        if manifest.authors:
            lines.append(t("By {names}", names=", ".join(manifest.authors)))
        if entry.signer:
            lines.append(t("Signed by {name}", name=entry.signer))
        if entry.origin:
            place = entry.origin.removeprefix("index ")
            lines.append(t("From a file") if place == "file" else t("From {place}", place=place))
        if manifest.depends:
            lines.append(t("Needs {mods}", mods=", ".join(f"{id} {range}" for id, range in sorted(manifest.depends.items()))))
        if manifest.conflicts:
            lines.append(t("Does not go with {mods}", mods=", ".join(sorted(manifest.conflicts))))
        lines.append(f"{manifest.licence}  ·  {size_text(entry.bytes_total)}")
        self._heading(t("About"))
        for line in lines:
            self._paragraph(line, "faint")

    # -- acts --------------------------------------------------------------------------------------------------------
    def _check(self, id: str) -> None:
        panel, t = self._panel, self._panel.t
        found = panel.window.do("mods.check", name=id)
        if not isinstance(found, list):
            return
        for each in found:
            entry = panel.desk.listing.find(id)
            where = f"{entry.folder.name if entry is not None and entry.folder is not None else id}/{each['where']}"
            panel.window.log.say("error" if each["severity"] == "error" else "warning", f"{where}: {each['message']}")
        toasts = panel.window.shell.toasts
        if not found:
            toasts.say(t("There is nothing to say against it"), "success")
        else:
            text = t("1 finding, in the log") if len(found) == 1 else t("{count} findings, in the log", count=len(found))
            act = partial(panel.window.shell.later, partial(panel.window.shell.show_panel, "log"))
            toasts.say(text, "warning", action="Show them", act=act)

    def _ask_to_remove(self, row: ModRow) -> None:
        from taixu_editor.dialogs import Choice

        panel, t = self._panel, self._panel.t
        panel.window.shell.dialogs.ask(
            t("Remove {name}?", name=row.title), t("Its package is deleted from the project, with what only it needed."),
            Choice("Remove", partial(panel.window.do, "mods.remove", ids=[row.id])), Choice("Cancel", lambda: None),
        )  # fmt: skip

    # -- help --------------------------------------------------------------------------------------------------------
    def _heading(self, text: str) -> None:
        imgui.dummy((0, imgui.get_font_size() * 0.15))
        imgui.text_disabled(text)

    def _paragraph(self, text: str, color: str) -> None:
        imgui.push_style_color(imgui.Col_.text, getattr(self._panel.window.theme, color))
        imgui.push_text_wrap_pos(0)
        imgui.text_unformatted(text)
        imgui.pop_text_wrap_pos()
        imgui.pop_style_color()


def _place_of(row: ModRow) -> str:
    """What paths in the log begin with that are the mod's."""
    if row.entry is None:
        return row.id.partition("@")[0]
    return f"mods/{row.entry.folder.name}/" if row.entry.folder is not None else f"{row.id}/"
