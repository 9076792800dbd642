"""A binding, looked at before it is kept: topic and key, fields, target, unit, frame; and what its latest reading becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu.edit import WorldSettings
from taixu.errors import TaixuError
from taixu.twin.bindings import TopicPattern, read_bindings, target_of
from taixu.twin.units import conversion
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.panels.twin_topics import shown_value
from taixu_editor.twin.operations import frames_of
from taixu_editor.twin.proposals import POSITION, compatible_units, targets_of
from taixu_editor.twin.topics import Topic
from taixu_editor.widgets.combo import begin_combo

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["BindDialog"]

_GPS = {"crs": "EPSG:4326"}


class BindDialog(Dialog):
    """One binding.

    Parameters
    ----------
    place
        Of the binding in the settings that this becomes; -1 for a new one.
    entity, key
        Of an entity that becomes a device with that key.

    Attributes
    ----------
    binding
        As it would be kept.
    places
        Middles of the fields.
    """

    title: ClassVar[str] = "Bind"
    width: ClassVar[float] = 38.0

    def __init__(
        self, window: EditorWindow, binding: dict[str, Any], *, place: int = -1, entity: str = "", key: str = "", of: str = ""
    ) -> None:
        super().__init__(window)
        self.binding, self.place, self.entity, self.key = binding, place, entity, key
        self.places: dict[str, tuple[float, float]] = {}
        self._marked: dict[str, tuple[float, float]] = {}
        session = window.host.session
        about = entity or of
        self._targets = targets_of(session, about) if about else []
        self._checked: str | None = None
        self._problem = ""
        self._refused = ""
        self._topic_key: object = None
        self._topic: Topic | None = None

    # -- the frame ---------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        """A row for each part, what is wrong or what it comes to, buttons."""
        t, unit = self.t, imgui.get_font_size()
        self._marked = {}
        self._draw_topic()
        for lane, (title, name) in enumerate(self._lanes()):
            self._row(title)
            self._draw_name(lane, name)
        self._row(t("To"))
        self._draw_target()
        units = self._units()
        if units:
            self._row(t("Unit"))
            self._draw_choice("unit", units, t("as they come"))
        if self.binding.get("to") == POSITION:
            self._row(t("Frame"))
            self._draw_choice("frame", self._frames(), t("World"))
        if "{key}" not in str(self.binding.get("topic", "")) and not (self._heard() and self._heard().keys):  # type: ignore[union-attr]
            self._row(t("Device"))
            self._draw_text("entity", "")
        if self.key:
            imgui.text_disabled(t("The entity becomes the device {key}.", key=self.key))
        imgui.dummy((0, unit * 0.2))
        problem = self._refused or self._check()
        self._draw_outcome(problem)
        self.places = self._marked
        self.buttons([Choice("Keep" if self.place >= 0 else "Bind", self._keep, problem), Choice("Cancel", self.close)])

    def _row(self, title: str) -> None:
        width = imgui.get_content_region_avail().x
        imgui.align_text_to_frame_padding()
        imgui.text_disabled(title)
        imgui.same_line(width * 0.28)
        imgui.set_next_item_width(-1)

    def _mark(self, name: str) -> None:
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self._marked[name] = ((low.x + high.x) / 2, (low.y + high.y) / 2)

    def _draw_text(self, key: str, hint: str) -> None:
        changed, text = imgui.input_text_with_hint(f"##{key}", hint, str(self.binding.get(key, "")))
        self._mark(key)
        if changed:
            self._set(key, text)

    def _draw_topic(self) -> None:
        t = self.t
        self._row(t("Topic"))
        self._draw_text("topic", "plant/{key}/state")
        heard = self._heard()
        levels = heard.levels if heard is not None else str(self.binding.get("topic", "")).split("/")
        own = str(self.binding.get("topic", "")).split("/")
        if len(levels) != len(own) or len(levels) > 12:
            return
        self._row(t("Names the thing"))
        for place, level in enumerate(levels):
            is_key = own[place] == "{key}"
            if place:
                imgui.same_line(0, 3)
            if is_key:
                imgui.push_style_color(imgui.Col_.button, self.window.theme.accent_soft)
                imgui.push_style_color(imgui.Col_.text, self.window.theme.accent)
            if imgui.button(f"{level}###level {place}"):
                changed = ["{key}" if at == place and not is_key else levels[at] if own[at] == "{key}" else own[at]
                           for at in range(len(levels))]  # fmt: skip
                self._set("topic", "/".join(changed))
            if is_key:
                imgui.pop_style_color(2)
            self._mark(f"level {place}")
        imgui.set_item_tooltip(t("The level of the topic by which devices are told apart"))

    def _lanes(self) -> list[tuple[str, str]]:
        """Titles and the source's fields, one a number of the target."""
        names = self.binding.get("from", "value")
        listed = [str(each) for each in names] if isinstance(names, list) else [str(names)]
        if len(listed) == 1:
            return [(self.t("From"), listed[0])]
        parts = "xyzw" if len(listed) <= 4 else ""
        return [(f"{self.t('From')}  {parts[lane]}" if parts else self.t("From"), name) for lane, name in enumerate(listed)]

    def _draw_name(self, lane: int, name: str) -> None:
        heard = self._heard()
        known = list(heard.fields) if heard is not None else []
        width = imgui.get_content_region_avail().x
        if not known:
            imgui.set_next_item_width(width)
            changed, text = imgui.input_text(f"##from {lane}", name)
            self._mark(f"from {lane}")
            if changed:
                self._set_name(lane, text)
            return
        if begin_combo(self.window, f"##from {lane}", name, width):
            for each in known:
                if imgui.selectable(f"{each}###{each}", each == name)[0]:
                    self._set_name(lane, each)
            imgui.end_combo()
        self._mark(f"from {lane}")

    def _set_name(self, lane: int, name: str) -> None:
        names = self.binding.get("from", "value")
        self._set("from", [*names[:lane], name, *names[lane + 1 :]] if isinstance(names, list) else name)

    def _draw_target(self) -> None:
        now = str(self.binding.get("to", ""))
        width = imgui.get_content_region_avail().x
        if not self._targets:
            imgui.set_next_item_width(width)
            changed, text = imgui.input_text("##to", now)
            self._mark("to")
            if changed:
                self._set_target(text)
            return
        if begin_combo(self.window, "##to", now, width):
            for each in dict.fromkeys([now, *self._targets]):
                if imgui.selectable(f"{each}###{each}", each == now)[0]:
                    self._set_target(each)
            imgui.end_combo()
        self._mark("to")

    def _set_target(self, target: str) -> None:
        """Another target may be of another width: fields are taken one after another then."""
        self._set("to", target)
        width = self._width()
        names = self.binding.get("from", "value")
        listed = [str(each) for each in names] if isinstance(names, list) else [str(names)]
        heard = self._heard()
        more = [each for each in (heard.fields if heard is not None else ()) if each not in listed]
        listed = [*listed, *more, *(["value"] * 4)][: max(width, 1)]
        self._set("from", listed[0] if width == 1 else listed)
        for key in ("unit", "frame"):
            self.binding.pop(key, None)

    def _draw_choice(self, key: str, choices: tuple[str, ...], nothing: str) -> None:
        now = str(self.binding.get(key, ""))
        if begin_combo(self.window, f"##{key}", now or nothing, imgui.get_content_region_avail().x):
            for each in ("", *choices):
                if imgui.selectable(f"{each or nothing}###{each or 'none'}", each == now)[0]:
                    self._set(key, each)
            imgui.end_combo()
        self._mark(key)

    def _draw_outcome(self, problem: str) -> None:
        theme = self.window.theme
        imgui.push_style_color(imgui.Col_.text, theme.bad if problem else theme.good)
        imgui.text_wrapped(problem or self._said())
        imgui.pop_style_color()

    # -- what it means -----------------------------------------------------------------------------------------------
    def _set(self, key: str, value: Any) -> None:
        if value in ("", None):
            self.binding.pop(key, None)
        else:
            self.binding[key] = value
        self._checked, self._refused = None, ""

    def _heard(self) -> Topic | None:
        """The latest topic that the binding takes; there may be none."""
        book, text = self.window.host.twin.topics, str(self.binding.get("topic", ""))
        key = (text, self.binding.get("source", ""), len(book))
        if key != self._topic_key:
            self._topic_key, self._topic = key, None
            try:
                pattern = TopicPattern.read(text)
            except TaixuError:
                return None
            own = self.binding.get("source", "")
            found = [each for each in book if pattern.match(each.name)[0] and own in ("", each.source)]
            named = [each for each in found if self.key and self.key in each.levels]
            self._topic = (named or found or [None])[0]  # type: ignore[list-item]
        return self._topic

    def _width(self) -> int:
        try:
            target = target_of(str(self.binding.get("to", "")), self.window.host.session.components)
        except TaixuError:
            return 1
        return 3 if target.is_position else target.width

    def _units(self) -> tuple[str, ...]:
        try:
            target = target_of(str(self.binding.get("to", "")), self.window.host.session.components)
        except TaixuError:
            return ()
        if target.is_position and self.binding.get("frame") in self._geographic():
            return ()
        return compatible_units(target.field.unit or ("m" if target.is_position else ""))

    def _geographic(self) -> list[str]:
        facts = self._section().get("frames", {})
        listed = facts.items() if isinstance(facts, dict) else ()
        known = [name for name, each in listed if isinstance(each, dict) and "crs" in each]
        return known or (["gps"] if "georeference" in self._section() else [])

    def _frames(self) -> tuple[str, ...]:
        facts = self._section().get("frames", {})
        return tuple(dict.fromkeys([*(facts if isinstance(facts, dict) else ()), *self._geographic()]))

    def _section(self) -> dict[str, Any]:
        return self.window.host.session.world.resource(WorldSettings).section("twin")

    def _check(self) -> str:
        """What is wrong with it; looked at again after each change."""
        key = repr(self.binding)
        if self._checked != key:
            self._checked, self._problem = key, ""
            session = self.window.host.session
            try:
                frames = dict(frames_of(session))
                if self._makes_frame():
                    from taixu.twin.frames import read_frames

                    frames |= read_frames({"gps": _GPS}, self._section().get("georeference"))
                read_bindings([self.binding], session.components, frames)
            except TaixuError as error:
                self._problem = str(error).removeprefix("twin.bindings[0]: ")
        return self._problem

    def _makes_frame(self) -> bool:
        frames = self._section().get("frames", {})
        return self.binding.get("frame") == "gps" and "gps" not in frames and "georeference" in self._section()

    def _said(self) -> str:
        """What the latest reading comes to."""
        heard = self._heard()
        names = [name for _, name in self._lanes()]
        if heard is None or any(name not in heard.fields for name in names):
            return self.t("It is kept with the world, and works as soon as readings come.")
        values = [heard.fields[name].value for name in names]
        unit = str(self.binding.get("unit", ""))
        text = f"{'  '.join(shown_value(value) for value in values)} {unit}".strip()
        try:
            target = target_of(str(self.binding.get("to", "")), self.window.host.session.components)
            wanted = target.field.unit
            if unit and wanted and all(isinstance(value, (int, float)) for value in values):
                scale, offset = conversion(unit, wanted)
                made = "  ".join(f"{value * scale + offset:.6g}" for value in values)
                text += f"  =  {made} {wanted}"
        except TaixuError:
            pass
        return self.t("The latest reading: {text}", text=text)

    def _keep(self) -> None:
        steps: list[tuple[str, dict[str, Any]]] = []
        if self._makes_frame():
            steps.append(("twin.set", {"key": "frames", "value": {**self._section().get("frames", {}), "gps": _GPS}}))
        if self.key and self.entity:
            steps.append(("component.add", {"component": "device", "fields": {"key": self.key}, "entities": [self.entity]}))
        steps.append(("twin.set_binding", {"binding": self.binding, "place": self.place}))
        host = self.window.host
        try:
            host.operations.do_all(host.session, steps, label="Bind")
        except TaixuError as error:
            self._refused = str(error)
        else:
            self.close()
