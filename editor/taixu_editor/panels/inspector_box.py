"""A script that runs as a mod, in the inspector: what it reaches in the box, and what it does that the box has not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.assets.findings import Finding
from taixu_editor.interface import icon
from taixu_editor.panels.inspector_sheet import SheetComponent

if TYPE_CHECKING:
    from taixu_editor.panels.inspector import InspectorPanel

__all__ = ["draw_box"]

_MOST = 5


def draw_box(panel: InspectorPanel, component: SheetComponent) -> None:
    """Lines below the switch; before it is turned on, what would not work is told, too."""
    values = {each.spec.name: each for each in component.fields}
    path, as_mod = values.get("path"), values.get("run_as_mod")
    if path is None or as_mod is None or not path.value or path.mixed or as_mod.mixed:
        return
    t, theme, unit = panel.t, panel.window.theme, imgui.get_font_size()
    access = panel.host.mods.script_access(str(path.value))
    if isinstance(access, str):
        return  # the script's own row says why it cannot be read
    imgui.indent(unit * 0.6)
    if as_mod.value:
        picture, color = ("warning", "warning") if panel.host.mods.problem else ("shield", "faint")
        imgui.text_colored(getattr(theme, color), icon(picture))
        imgui.same_line(0, unit * 0.5)
        _wrapped(panel, panel.host.mods.problem or t("Reads and changes {names}", names=", ".join(access.reads)), color)
        if access.grants.capabilities:
            imgui.dummy((unit, 0))
            imgui.same_line(0, unit * 0.5)
            _wrapped(panel, t("Uses {names}", names=", ".join(sorted(access.grants.capabilities))), "faint")
    if access.findings:
        _draw_findings(panel, str(path.value), access.findings, is_on=bool(as_mod.value))
    imgui.unindent(unit * 0.6)


def _draw_findings(panel: InspectorPanel, path: str, findings: tuple[Finding, ...], *, is_on: bool) -> None:
    t, theme, unit = panel.t, panel.window.theme, imgui.get_font_size()
    count = len(findings)
    head = t("1 thing is not there for a mod:") if count == 1 else t("{count} things are not there for a mod:", count=count)
    imgui.text_colored(theme.warning if is_on else theme.faint, icon("warning"))
    imgui.same_line(0, unit * 0.5)
    _wrapped(panel, head, "warning" if is_on else "faint")
    for number, found in enumerate(findings[:_MOST]):
        file, _, place = found.where.partition(": line ")
        line = int(place) if place.isdecimal() else 0
        imgui.dummy((unit, 0))
        imgui.same_line(0, unit * 0.5)
        _wrapped(panel, f"{place}:  {found.message}" if place else found.message, "text" if is_on else "faint")
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        panel.places[f"finding {number}"] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
        if imgui.is_item_hovered():
            imgui.set_mouse_cursor(imgui.MouseCursor_.hand)
            imgui.set_tooltip(t("Show line {line}", line=line or 1))
        if imgui.is_item_clicked():
            shown = path if path.rpartition("/")[2] == file or not file else f"scripts/{file}"
            panel.window.shell.later(partial(panel.window.open_script, shown, line))
    if count > _MOST:
        imgui.text_disabled(f"… {count - _MOST}")


def _wrapped(panel: InspectorPanel, text: str, color: str) -> None:
    imgui.push_style_color(imgui.Col_.text, getattr(panel.window.theme, color))
    imgui.push_text_wrap_pos(0)
    imgui.text_unformatted(text)
    imgui.pop_text_wrap_pos()
    imgui.pop_style_color()
