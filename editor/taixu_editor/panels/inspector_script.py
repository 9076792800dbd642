"""Fields that a script declares, in the inspector: read from its text, whether it is trusted or not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu.scene import Node
from taixu.script.components import Script
from taixu.script.loader import Stamp, load_script, stamp_of
from taixu_editor.interface import icon
from taixu_editor.panels.inspector_sheet import SheetComponent, SheetField
from taixu_editor.script_files import free_script_name, new_script
from taixu_editor.widgets.form import Edit
from taixu_editor.widgets.spec import FieldSpec, spec_of_script_field

if TYPE_CHECKING:
    from pathlib import Path

    from taixu_editor.panels.inspector import InspectorPanel

__all__ = ["ScriptFields"]


class ScriptFields:
    """The rows below a script's path; read again when the file was saved."""

    def __init__(self, panel: InspectorPanel) -> None:
        self._panel = panel
        self._known: dict[tuple[Path, str], tuple[Stamp | None, list[FieldSpec], str]] = {}

    def draw(self, component: SheetComponent, field: SheetField) -> None:
        """A row for each field that the script has."""
        panel = self._panel
        path = next((each for each in component.fields if each.spec.name == "path"), None)
        if path is None or path.mixed:
            return
        self._draw_button(str(path.value or ""))
        if not path.value:
            return
        specs, problem = self.specs(str(path.value))
        if problem:
            imgui.push_text_wrap_pos(0)
            imgui.text_colored(panel.window.theme.bad, problem)
            imgui.pop_text_wrap_pos()
            return
        values = self._values()
        for spec in specs:
            key = f"script.fields.{spec.name}"
            here = [each.get(spec.name, spec.default) for each in values]
            mixed = any(each != here[-1] for each in here)
            overridden = field.is_overridden and spec.name in values[-1]
            edit = panel.form.row(spec, here[-1], key=key, mixed=mixed, is_overridden=overridden)
            if edit is not None:
                self._apply(key, spec, edit, values)

    def _draw_button(self, path: str) -> None:
        """Opens the script; makes one where none is chosen."""
        panel, t = self._panel, self._panel.t
        left = imgui.get_content_region_avail().x * panel.form.label_share
        imgui.set_cursor_pos_x(imgui.get_cursor_pos_x() + left)
        width = imgui.get_content_region_avail().x
        imgui.begin_disabled(panel.sheet.is_made and not path)
        if path:
            if imgui.button(f"{icon('script')}  {t('Open script')}###open script", (width, 0)):
                panel.window.open_script(path)
        elif imgui.button(f"{icon('add')}  {t('New script')}###new script", (width, 0)):
            panel.window.shell.later(partial(self._make, tuple(panel.sheet.entities)))
        imgui.end_disabled()

    def _make(self, entities: tuple[str, ...]) -> None:
        """A script named like the active entity, for all that are selected, opened to be written."""
        panel, session = self._panel, self._panel.host.session
        file = new_script(
            session.project, free_script_name(session.project, Node(session.world, session.entity(entities[-1])).name)
        )
        panel.do("script.path", "component.set", component="script", fields={"path": file.path}, entities=list(entities))
        panel.window.open_script(file.path)

    def specs(self, path: str) -> tuple[list[FieldSpec], str]:
        """Specs of a script's fields, or why there are none."""
        root = self._panel.host.session.project.root
        stamp = stamp_of(root / path)
        known = self._known.get((root, path))
        if known is None or known[0] != stamp:
            try:
                specs, problem = [spec_of_script_field(each) for each in load_script(root, path).fields], ""
            except TaixuError as error:
                specs, problem = [], str(error)
            known = self._known[root, path] = (stamp, specs, problem)
        return known[1], known[2]

    def _values(self) -> list[dict[str, Any]]:
        session = self._panel.host.session
        found = [session.world.get(session.entity(text), Script).fields for text in self._panel.sheet.entities]
        return [each if isinstance(each, dict) else {} for each in found]

    def _apply(self, key: str, spec: FieldSpec, edit: Edit, values: list[dict[str, Any]]) -> None:
        panel = self._panel
        fields = {}
        for text, before in zip(panel.sheet.entities, values, strict=True):
            rest = {name: value for name, value in before.items() if name != spec.name}
            is_plain = edit.kind != "set" or edit.value == spec.default
            fields[text] = {"fields": rest if is_plain else {**rest, spec.name: edit.value}}
        merge = None if edit.merge is None else (edit.merge, key)
        panel.do(key, "component.set_each", merge=merge, component="script", values=fields)
