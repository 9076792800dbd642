"""Fields that name something else: an entity of the world, a file of the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from imgui_bundle import imgui

from taixu.edit.ids import id_number, id_text
from taixu.scene import Name
from taixu_editor.interface import icon
from taixu_editor.kinds import kind_of
from taixu_editor.widgets.form import Edit, any_mixed
from taixu_editor.widgets.search_box import search_box
from taixu_editor.widgets.spec import FieldSpec

if TYPE_CHECKING:
    from taixu_editor.widgets.form import Form

__all__ = ["asset_field", "asset_paths", "entity_field"]

T = TypeVar("T")
_NOBODY = "0" * 16
_MOST = 5000
_SKIPPED = frozenset({".git", ".taixu", "__pycache__", ".venv", "node_modules", "out"})


def entity_field(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    """Whom it names; a click opens a list to search, and what is dragged from the hierarchy can be dropped."""
    t, session = form.window.t, form.window.host.session
    text = str(value or _NOBODY)
    label, picture, is_faint = t("Nobody"), "empty", True
    if any_mixed(mixed):
        label = t("Different values")
    elif text != _NOBODY:
        found = session.world.find(id_number(text)) if len(text) == 16 else None
        label, is_faint = t("Missing: {id}").format(id=text), found is None
        if found is not None:
            world = session.world
            label = (world.get(found, Name).text if world.has(found, Name) else "") or text
            picture = kind_of(world.place(found)[0])
    token = f"{form.id}/{key}"
    dropper, size = form.window.eyedropper, imgui.get_frame_height()
    if dropper.waiting == token:
        label, picture, is_faint = t("Click it in the view"), "eyedropper", False
        if imgui.is_key_pressed(imgui.Key.escape):
            dropper.cancel()
    clicked = dropper.answer(token)
    edit = Edit(clicked) if clicked else None
    start = imgui.get_cursor_screen_pos()
    imgui.set_cursor_screen_pos((start.x + width - size, start.y))
    if imgui.button(f"{icon('eyedropper')}###dropper", (size, size)):
        dropper.ask(token)
    imgui.set_item_tooltip(t("Take it from the view"))
    imgui.set_cursor_screen_pos(start)
    if _named(form, f"{icon(picture)}  {label}", width - size - imgui.get_style().item_inner_spacing.x * 0.6, is_faint=is_faint):
        imgui.open_popup("pick entity")
        form.drafts[f"{key} search"] = ""
        form.wants_focus = True
    dropped = form.window.drag_drop.target("entities")
    if dropped:
        edit = Edit(dropped[-1])
    imgui.set_next_window_size((imgui.get_font_size() * 18, imgui.get_font_size() * 20))
    if imgui.begin_popup("pick entity"):
        edit = _pick_entity(form, key) or edit
        imgui.end_popup()
    return edit


def asset_field(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    """A file of the project; a click lists those that fit, and files can be dropped."""
    t, project = form.window.t, form.window.host.session.project
    path = str(value or "")
    label, is_faint = t("None"), True
    if any_mixed(mixed):
        label = t("Different values")
    elif path:
        label, is_faint = PurePosixPath(path).name, False
    edit = None
    if _named(form, f"{icon('file')}  {label}", width, is_faint=is_faint):
        imgui.open_popup("pick asset")
        form.drafts[f"{key} search"] = ""
        form.drafts[f"{key} paths"] = "\n".join(asset_paths(project.root, spec.endings))
        form.wants_focus = True
    if path and imgui.is_item_hovered(imgui.HoveredFlags_.for_tooltip):
        imgui.set_tooltip(path)
    dropped = form.window.drag_drop.target("asset")
    if dropped:
        edit = Edit(str(dropped))
    edit = _take_result(form, key, spec) or edit
    imgui.set_next_window_size((imgui.get_font_size() * 20, imgui.get_font_size() * 20))
    if imgui.begin_popup("pick asset"):
        edit = _pick_asset(form, key, path) or edit
        imgui.end_popup()
    return edit


def _take_result(form: Form, key: str, spec: FieldSpec) -> Edit | None:
    """What was generated and is dropped here becomes a file of the project first; the field has it when that is there."""
    from taixu_editor.panels.generate_drop import GENERATED, bring_result, file_for_field

    window, here = form.window, form.epoch
    result = window.drag_drop.target(GENERATED)
    if result:

        def arrive(paths: tuple[str, ...]) -> None:
            path = file_for_field(window.host.session.project, paths, spec.name, spec.endings)
            if not path:
                window.shell.say_error(window.t("Nothing that was made fits here."))
            elif form.epoch == here:  # other values may be shown by then
                form.arrived[key] = path

        bring_result(window, result, arrive)
    path = form.arrived.pop(key, "")
    return Edit(path) if path else None


def asset_paths(root: Any, endings: tuple[str, ...] = ()) -> list[str]:
    """Paths of a project's files with one of these endings (all, where there is none), sorted; the first few thousand."""
    import os

    found: list[str] = []
    for folder, below, files in os.walk(root):
        below[:] = sorted(name for name in below if name not in _SKIPPED)
        for name in files:
            if name.endswith(".asset.toml") or (endings and not name.lower().endswith(endings)):
                continue
            found.append(os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/"))
        if len(found) > _MOST:
            break
    return sorted(found)


def _named(form: Form, label: str, width: float, *, is_faint: bool) -> bool:
    """A field with a name in it, like a combo without its list."""
    theme, style, font = form.window.theme, imgui.get_style(), imgui.get_font_size()
    start, height = imgui.get_cursor_screen_pos(), imgui.get_frame_height()
    pressed = imgui.invisible_button("value", (width, height), imgui.ButtonFlags_.enable_nav)
    fill = "pressed" if imgui.is_item_active() else "hover" if imgui.is_item_hovered() else "raised"
    draw, end = imgui.get_window_draw_list(), imgui.ImVec2(start.x + width, start.y + height)
    draw.add_rect_filled(start, end, theme.pack(fill), style.frame_rounding)
    arrow = font * 1.2
    imgui.push_style_color(imgui.Col_.text, theme.faint if is_faint else theme.text)
    x, y, right = start.x + style.frame_padding.x * 0.8, start.y + (height - font) / 2, end.x - arrow
    imgui.internal.render_text_ellipsis(draw, (x, y), (right, end.y), right, label, imgui.calc_text_size(label))
    imgui.pop_style_color()
    draw.add_text(imgui.ImVec2(end.x - arrow + font * 0.2, y), theme.pack("faint"), icon("opened"))
    return pressed


def _pick_entity(form: Form, key: str) -> Edit | None:
    t, world = form.window.t, form.window.host.session.world
    search = _search(form, key)
    is_nobody = imgui.selectable(f"{icon('empty')}  {t('Nobody')}###nobody", False)[0]

    def row(found: tuple[int, str]) -> tuple[str, str]:
        entity, name = found
        return f"{icon(kind_of(world.place(entity)[0]))}  {name}", id_text(world.stable_id(entity))

    return _pick(_matching(world, search), row, chosen=Edit(_NOBODY) if is_nobody else None)


def _pick(rows: Sequence[T], shown: Callable[[T], tuple[str, str]], *, chosen: Edit | None, present: str = "") -> Edit | None:
    """A list of rows, each shown as a label and a value; the popup closes when one is chosen, or was above the list."""
    if imgui.begin_child("found"):
        clipper = imgui.ListClipper()
        clipper.begin(len(rows))
        while clipper.step():
            for each in rows[clipper.display_start : clipper.display_end]:
                label, value = shown(each)
                if imgui.selectable(f"{label}###{value}", value == present)[0]:
                    chosen = Edit(value)
        clipper.end()
    imgui.end_child()
    if chosen is not None:
        imgui.close_current_popup()
    return chosen


def _matching(world: Any, search: str) -> list[tuple[int, str]]:
    """Entities whose name holds a text, by name; the first few thousand."""
    found: list[tuple[int, str]] = []
    for table in world.query(Name):
        names = table.read(Name, "text")
        if search:
            rows = np.flatnonzero([search in name.casefold() for name in names.tolist()])
        else:
            rows = np.arange(min(len(names), _MOST))
        found += zip(table.entities[rows[:_MOST]].tolist(), names[rows[:_MOST]].tolist(), strict=True)
    return sorted(found, key=lambda each: (each[1].casefold(), each[0]))[:_MOST]


def _pick_asset(form: Form, key: str, path: str) -> Edit | None:
    t = form.window.t
    search = _search(form, key)
    is_none = imgui.selectable(f"{icon('close')}  {t('None')}###none", False)[0]
    known = form.drafts.get(f"{key} paths", "")
    paths = [each for each in known.split("\n") if each and search in each.casefold()]
    if not paths:
        imgui.text_disabled(t("No file of the project fits."))
    return _pick(paths, lambda each: (each, each), chosen=Edit("") if is_none else None, present=path)


def _search(form: Form, key: str) -> str:
    focus, form.wants_focus = form.wants_focus, False
    text = search_box(form.window, "##search", form.drafts.get(f"{key} search", ""), form.window.t("Search"), focus=focus)
    form.drafts[f"{key} search"] = text
    return text.strip().casefold()
