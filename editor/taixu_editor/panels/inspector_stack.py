"""A stack of modifiers in the inspector: its steps in their order, what they cost, and what is wrong with them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.ecs import component_type
from taixu.scene import Name
from taixu_editor.interface import icon
from taixu_editor.modifier_operations import kind_names, steps_of
from taixu_editor.panels.inspector_components import component_title

if TYPE_CHECKING:
    from taixu_editor.panels.inspector import InspectorPanel

__all__ = ["StackRows"]

_LAYS_ROADS = ("village", "city")


class StackRows:
    """The rows below a stack's own fields, and the way back from a step to its stack.

    Attributes
    ----------
    places
        Middle of each thing that can be clicked: ``ID/name``, ``ID/on``, ``ID/up``, ``ID/down``, ``ID/remove``, ``add``, ``back``,
        ``words``, ``take roads``, ``let all go``.
    words
        What was typed of a step.
    """

    def __init__(self, panel: InspectorPanel) -> None:
        self._panel = panel
        self.places: dict[str, tuple[float, float]] = {}
        self.words = ""

    def draw(self) -> None:
        """Of the active entity, which is a stack."""
        from taixu.generate.modifiers import ModifierState

        panel, session, theme = self._panel, self._panel.host.session, self._panel.window.theme
        stack = panel.sheet.entities[-1]
        self.places.clear()
        steps, kinds = steps_of(session, stack), kind_names(session)
        state = session.world.resource(ModifierState) if session.world.has_resource(ModifierState) else None
        imgui.separator_text(panel.t("Steps"))
        for place, step in enumerate(steps):
            imgui.push_id(step)
            self._draw_step(step, kinds, is_first=place == 0, is_last=place == len(steps) - 1)
            imgui.pop_id()
        if not steps:
            imgui.text_disabled(panel.t("No step yet: the ground is as it is."))
        imgui.begin_disabled(panel.sheet.is_made)
        if imgui.button(f"{icon('add', panel.t('Add step'))}###add step", (imgui.get_content_region_avail().x, 0)):
            imgui.open_popup("kinds of steps")
        self._mark("add")
        imgui.end_disabled()
        self._draw_kinds(stack, kinds)
        if state is None:
            return
        entity = session.entity(stack)
        failure = state.failures.get(entity, "")
        if failure:
            imgui.push_text_wrap_pos(0)
            imgui.text_colored(theme.bad, f"{icon('error')}  {failure}")
            imgui.pop_text_wrap_pos()
        if state.busy:
            imgui.text_disabled(panel.t("Making what has changed..."))
        self._draw_pins(stack, entity)
        lost = state.lost_pins(entity)
        if lost:
            said = panel.t("{count} changes by hand wait for what they changed", count=len(lost))
            imgui.text_colored(theme.warning, icon("warning", said))

    def _draw_pins(self, stack: str, entity: int) -> None:
        """How much hands have changed of what it made, and the way back."""
        from taixu.generate.modifiers import Pins

        panel, world = self._panel, self._panel.host.session.world
        count = len(world.get(entity, Pins).made) if world.has(entity, Pins) else 0
        if not count:
            return
        imgui.text_disabled(panel.t("{count} changes by hand", count=count))
        imgui.same_line()
        if imgui.text_link(f"{panel.t('Let all go')}###let all go"):
            panel.window.shell.later(partial(panel.do, "modifiers", "modifier.release", stack=stack))
        self._mark("let all go")
        imgui.set_item_tooltip(panel.t("As its stack makes it, without what hands changed"))

    def draw_words(self) -> None:
        """On a step that words can describe: a line for them; and where it lays roads, a way to take these in hand."""
        panel, session = self._panel, self._panel.host.session
        step = panel.sheet.entities[-1]
        kinds = kind_names(session)
        name = next((each.name for each in panel.sheet.components if each.name in kinds), "")
        if not name or len(panel.sheet.entities) != 1:
            return
        imgui.begin_disabled(panel.sheet.is_made)
        if kinds[name].words:
            imgui.set_next_item_width(imgui.get_content_region_avail().x)
            flags = imgui.InputTextFlags_.enter_returns_true
            said, self.words = imgui.input_text_with_hint("##words", panel.t("Say what it shall be"), self.words, flags)
            self._mark("words")
            imgui.set_item_tooltip(panel.t("Words set the fields: a small fishing village."))
            if said and self.words.strip():
                panel.window.shell.later(partial(panel.do, "modifier", "modifier.describe", step=step, words=self.words))
        if name in _LAYS_ROADS:
            if imgui.button(f"{panel.t('Take its roads in hand')}###take roads", (imgui.get_content_region_avail().x, 0)):
                panel.window.shell.later(partial(panel.do, "modifier", "modifier.take_roads", step=step))
            self._mark("take roads")
            imgui.set_item_tooltip(panel.t("Its roads become lines that can be moved; until then it lays its own."))
        said_wrong = panel.form.errors.get("modifier", "")
        if said_wrong:
            imgui.push_text_wrap_pos(0)
            imgui.text_colored(panel.window.theme.bad, said_wrong)
            imgui.pop_text_wrap_pos()
        imgui.end_disabled()

    def draw_way_back(self) -> None:
        """On a step: a link to its stack."""
        from taixu.ecs import NOBODY
        from taixu.edit import id_text
        from taixu.scene import Parent

        panel, session = self._panel, self._panel.host.session
        entity = session.entity(panel.sheet.entities[-1])
        above = session.world.get(entity, Parent).entity if session.world.has(entity, Parent) else NOBODY
        if above == NOBODY or not session.world.alive(above):
            return
        if imgui.text_link(f"{icon('up')}  {panel.t('Back to the stack')}###back to the stack"):
            self._select(id_text(session.world.stable_id(above)))
        self._mark("back")

    def _draw_step(self, step: str, kinds: dict[str, Any], *, is_first: bool, is_last: bool) -> None:
        from taixu.generate.modifiers import Modifier

        panel, session = self._panel, self._panel.host.session
        world, entity, t = session.world, session.entity(step), panel.t
        name = str(world.get(entity, Name).text) if world.has(entity, Name) else step
        mine = [component_type(cls).name for cls in world.types_of(entity) if component_type(cls).name in kinds]
        enabled = bool(world.get(entity, Modifier).enabled)
        unit, width = imgui.get_font_size(), imgui.get_content_region_avail().x
        imgui.begin_disabled(panel.sheet.is_made)
        changed, wanted = imgui.checkbox("##on", enabled)
        self._mark(f"{step}/on")
        imgui.set_item_tooltip(t("Whether this step does anything"))
        if changed:
            panel.do("modifiers", "component.set", component="modifier", fields={"enabled": wanted}, entities=[step])
        imgui.end_disabled()
        imgui.same_line()
        left = width - unit * 8.4
        if imgui.selectable(f"{name}##name", False, 0, (max(left, unit * 3.0), 0))[0]:
            self._select(step)
        self._mark(f"{step}/name")
        imgui.set_item_tooltip(", ".join(t.word(component_title(each)) for each in mine) or t("This step has no kind"))
        imgui.begin_disabled(panel.sheet.is_made)
        for key, picture, words, off in (
            ("up", "up", "Earlier", is_first), ("down", "down", "Later", is_last), ("remove", "delete", "Remove this step", False),
        ):  # fmt: skip
            imgui.same_line(0, unit * 0.15)
            imgui.begin_disabled(off)
            if imgui.button(f"{icon(picture)}##{key}", (unit * 1.7, 0)):
                panel.window.shell.later(partial(self._act, key, step))
            self._mark(f"{step}/{key}")
            imgui.set_item_tooltip(t(words))
            imgui.end_disabled()
        imgui.end_disabled()

    def _draw_kinds(self, stack: str, kinds: dict[str, Any]) -> None:
        if not imgui.begin_popup("kinds of steps"):
            return
        for name, kind in kinds.items():
            if imgui.menu_item_simple(f"{self._panel.t.word(component_title(name))}###{name}"):
                self._panel.do("modifiers", "modifier.add", stack=stack, kind=name)
            self._mark(f"add {name}")
            if kind.component.__doc__:
                imgui.set_item_tooltip(self._panel.t.word(kind.component.__doc__.strip().split("\n")[0]))
        imgui.end_popup()

    def _act(self, key: str, step: str) -> None:
        if key == "remove":
            self._panel.do("modifiers", "entity.delete", entities=[step])
        else:
            self._panel.do("modifiers", "modifier.move", step=step, by=-1 if key == "up" else 1)

    def _select(self, entity: str) -> None:
        self._panel.window.shell.later(partial(self._panel.window.do, "selection.set", entities=[entity]))

    def _mark(self, key: str) -> None:
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self.places[key] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
