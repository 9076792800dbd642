"""The top of the inspector: who is selected, and what prefab made it."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.edit import id_text
from taixu.edit.instancing import InstanceState
from taixu.edit.marks import Locked, Tags
from taixu.edit.prefab import PrefabRoot
from taixu.scene import Name, Visibility
from taixu_editor.interface import icon
from taixu_editor.kinds import kind_of
from taixu_editor.widgets.fields import draw_field
from taixu_editor.widgets.form import Edit
from taixu_editor.widgets.spec import FieldSpec

if TYPE_CHECKING:
    from taixu_editor.panels.inspector import InspectorPanel

__all__ = ["draw_head"]

_NAME = FieldSpec("name", "text", "")
_TAGS = FieldSpec("tags", "text", "", doc="Words with commas between them, to search by and for scripts.")


def draw_head(panel: InspectorPanel) -> None:
    """Name, marks, id, tags; then the prefab."""
    session, t, sheet = panel.host.session, panel.t, panel.sheet
    world, active = session.world, session.entity(sheet.entities[-1])
    font, height, count = imgui.get_font_size(), imgui.get_frame_height(), len(sheet.entities)
    width, start = imgui.get_content_region_avail().x, imgui.get_cursor_screen_pos()
    picture = icon("select") if count > 1 else icon(kind_of(world.place(active)[0]))
    where = imgui.ImVec2(start.x + font * 0.75 - imgui.calc_text_size(picture).x / 2, start.y + (height - font) / 2)
    imgui.get_window_draw_list().add_text(where, panel.window.theme.pack("accent"), picture)
    imgui.set_cursor_screen_pos((start.x + font * 1.7, start.y))
    gap = imgui.get_style().item_inner_spacing.x
    _draw_name(panel, width - font * 1.7 - 2 * (height + gap))
    imgui.set_cursor_screen_pos((start.x + width - 2 * height - gap, start.y))
    locked = world.has(active, Locked)
    hidden = world.has(active, Visibility) and not world.get(active, Visibility).visible
    lock_tip = "Unlock" if locked else "Lock: not to be picked or moved in views"
    _toggle(panel, "lock" if locked else "unlock", "lock", lock_tip, locked)
    imgui.same_line(0, gap)
    _toggle(panel, "eye_closed" if hidden else "eye", "hide", "Show" if hidden else "Hide, with all below it", hidden)
    if count > 1:
        imgui.text_disabled(t("{count} things are selected; edits go to all of them.").format(count=count))
    else:
        _draw_id(panel, sheet.entities[-1])
        _draw_tags(panel, active)
    panel.form.say("name", panel.form.errors.get("name", ""))
    if "name" in panel.form.errors:
        imgui.text_colored(panel.window.theme.bad, panel.form.errors["name"])
    if sheet.is_made:
        imgui.push_text_wrap_pos(0)
        imgui.text_disabled(t("A model made this: it is shown, and changes when the model does."))
        imgui.pop_text_wrap_pos()
    if count == 1:
        _draw_maker(panel, active)
    if sheet.instance:
        _draw_prefab(panel)
    imgui.dummy((0, font * 0.2))


def _draw_maker(panel: InspectorPanel, entity: int) -> None:
    """Of a thing that a stack made: by which step, and the way back from what a hand changed."""
    from taixu.generate.modifiers import MadeBy, Pins
    from taixu.generate.modifiers.hands import is_thing, maker_of

    session = panel.host.session
    world = session.world
    if not is_thing(world, entity):
        return
    made, step = world.get(entity, MadeBy), maker_of(world, entity)
    name = str(world.get(step, Name).text) if step is not None and world.has(step, Name) else panel.t("a stack")
    imgui.push_text_wrap_pos(0)
    imgui.text_disabled(panel.t("Made by {step}; what hands change stays when it is made again.", step=name))
    imgui.pop_text_wrap_pos()
    pins = world.get(made.stack, Pins).made if world.has(made.stack, Pins) else []
    if not any(pin["thing"] == made.thing for pin in pins):
        return
    if imgui.text_link(f"{panel.t('Let go')}###let go"):
        stack = id_text(world.stable_id(made.stack))
        panel.window.shell.later(partial(panel.do, "name", "modifier.release", stack=stack, things=[str(made.thing)]))
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    panel.places["let go"] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
    imgui.set_item_tooltip(panel.t("As its stack makes it, without what hands changed"))


def _draw_name(panel: InspectorPanel, width: float) -> None:
    sheet = panel.sheet
    mixed = len(set(sheet.names)) > 1
    imgui.push_id("name")
    imgui.push_font(panel.window.fonts.bold, 0.0)
    imgui.begin_disabled(sheet.is_made)
    edit = draw_field(panel.form, "name", _NAME, sheet.names[-1], mixed, max(width, 40.0))
    imgui.end_disabled()
    imgui.pop_font()
    imgui.pop_id()
    if edit is None:
        return
    name = str(edit.value).strip()
    if not name:
        panel.form.say("name", panel.t("A name has at least one character."))
    elif len(sheet.entities) == 1:
        panel.do("name", "entity.rename", entity=sheet.entities[0], name=name)
    else:
        world, session = panel.host.session.world, panel.host.session
        nameless = [text for text in sheet.entities if not world.has(session.entity(text), session.component("name"))]
        if nameless:
            panel.do("name", "component.add", component="name", fields={"text": name}, entities=nameless)
        panel.do("name", "component.set", component="name", fields={"text": name}, entities=list(sheet.entities))


def _draw_id(panel: InspectorPanel, text: str) -> None:
    imgui.push_style_color(imgui.Col_.text, panel.window.theme.faint)
    imgui.push_font(panel.window.fonts.mono, 0.0)
    imgui.align_text_to_frame_padding()
    imgui.text_unformatted(text)
    imgui.pop_font()
    imgui.pop_style_color()
    imgui.set_item_tooltip(panel.t("The id by which documents and scripts know it; a click copies it."))
    if imgui.is_item_clicked():
        imgui.set_clipboard_text(text)


def _draw_tags(panel: InspectorPanel, active: int) -> None:
    world = panel.host.session.world
    names = world.get(active, Tags).names if world.has(active, Tags) else []
    shown = ", ".join(map(str, names)) if isinstance(names, list) else ""
    imgui.push_id("tags")
    imgui.same_line(0, imgui.get_font_size())
    imgui.begin_disabled(panel.sheet.is_made)
    width = imgui.get_content_region_avail().x
    hint = panel.t("Tags")
    edit = _tag_field(panel, shown, hint, width)
    imgui.end_disabled()
    imgui.pop_id()
    if edit is None:
        return
    tags = list(dict.fromkeys(filter(None, (part.strip() for part in str(edit.value).replace("，", ",").split(",")))))
    entity = panel.sheet.entities[-1]
    if tags:
        panel.do("tags", "component.add", component="tags", fields={"names": tags}, entities=[entity])
    elif world.has(active, Tags):
        panel.do("tags", "component.remove", component="tags", entities=[entity])


def _tag_field(panel: InspectorPanel, shown: str, hint: str, width: float) -> Edit | None:
    form = panel.form
    imgui.set_next_item_width(width)
    start = imgui.get_cursor_screen_pos()
    form.places["tags"] = (start.x + width / 2, start.y + imgui.get_frame_height() / 2)
    _, now = imgui.input_text_with_hint("##value", hint, form.drafts.get("tags", shown))
    if imgui.is_item_active():
        form.drafts["tags"] = now
    imgui.set_item_tooltip(panel.t(_TAGS.doc))
    if not imgui.is_item_deactivated():
        return None
    form.drafts.pop("tags", None)
    return Edit(now) if now != shown and not imgui.is_key_pressed(imgui.Key.escape) else None


def _toggle(panel: InspectorPanel, picture: str, what: str, tooltip: str, is_on: bool) -> None:
    size = imgui.get_frame_height()
    imgui.push_style_color(imgui.Col_.text, panel.window.theme.accent if is_on else panel.window.theme.faint)
    if imgui.button(f"{icon(picture)}###{what}", (size, size)):
        panel.do("name", f"entity.{what}", entities=list(panel.sheet.entities))
    imgui.pop_style_color()
    imgui.set_item_tooltip(panel.t(tooltip))


def _draw_prefab(panel: InspectorPanel) -> None:
    """Whose instance it is, how much is different, and what to do about it."""
    sheet, t, theme = panel.sheet, panel.t, panel.window.theme
    font, style = imgui.get_font_size(), imgui.get_style()
    imgui.push_style_color(imgui.Col_.child_bg, theme.accent_soft)
    imgui.push_style_color(imgui.Col_.border, (0, 0, 0, 0))
    flags = imgui.ChildFlags_.auto_resize_y | imgui.ChildFlags_.always_use_window_padding | imgui.ChildFlags_.borders
    if imgui.begin_child("prefab", (0, 0), flags):
        label = PurePosixPath(sheet.source).name.removesuffix(".prefab.json")
        said = t("Part of {name}") if sheet.child else t("Prefab {name}")
        imgui.text_unformatted(f"{icon('prefab')}  {said.format(name=label)}")
        imgui.set_item_tooltip(sheet.source)
        world = panel.host.session.world
        problem = world.resource(InstanceState).problems.get(sheet.source) if world.has_resource(InstanceState) else None
        if problem and not sheet.child and not world.has(panel.host.session.entity(sheet.instance), PrefabRoot):
            imgui.push_text_wrap_pos(0)
            imgui.text_colored(theme.bad, problem)
            imgui.pop_text_wrap_pos()
        elif sheet.overrides:
            imgui.text_disabled(t("Changes here: {count}", count=sheet.overrides))
        else:
            imgui.text_disabled(t("Nothing is different here."))
        if imgui.button(f"{icon('open')}  {t('Open')}###open prefab"):
            panel.window.shell.later(partial(panel.window.shell.documents.open, sheet.source))
        imgui.set_item_tooltip(t("Open the prefab in a tab of its own; saving it changes all that stand in worlds"))
        imgui.same_line(0, style.item_inner_spacing.x)
        imgui.begin_disabled(not sheet.overrides)
        if imgui.button(f"{icon('reset')}  {t('Revert')}###revert all"):
            child = {"child": sheet.child} if sheet.child else {}
            panel.do("prefab", "prefab.revert", instance=sheet.instance, **child)
        imgui.same_line(0, style.item_inner_spacing.x)
        if imgui.button(f"{icon('save')}  {t('Apply to prefab')}###apply all"):
            panel.do("prefab", "prefab.apply", instance=sheet.instance)
        imgui.end_disabled()
        problem = panel.form.errors.get("prefab")
        if problem:
            imgui.push_text_wrap_pos(0)
            imgui.text_colored(theme.bad, problem)
            imgui.pop_text_wrap_pos()
    imgui.end_child()
    imgui.pop_style_color(2)
    imgui.dummy((0, font * 0.1))
