"""Rules of a twin: a list, one to be written, its text read as it is typed, and tried on a recording before it goes live."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu.twin.rules import read_rules
from taixu.twin.rules.alarms import SEVERITIES
from taixu_editor.interface import icon
from taixu_editor.widgets.combo import begin_combo
from taixu_editor.widgets.nothing import say_nothing
from taixu_editor.widgets.spec import humanise

if TYPE_CHECKING:
    from taixu_editor.panels.twin import TwinPanel

__all__ = ["RulesTab", "place_of_error", "severity_color"]

_SEVERITY_COLORS = {"info": "faint", "low": "accent", "high": "warning", "critical": "bad"}
_MOST_ALARMS = 200
_OVERLAPPED = imgui.SelectableFlags_.allow_overlap


def severity_color(severity: str) -> str:
    """The theme's colour of an alarm."""
    return _SEVERITY_COLORS.get(severity, "warning")


def place_of_error(text: str, problem: str) -> tuple[int, int]:
    """From where to where in a condition something is wrong, by what the sentence quotes; (-1, -1) where it quotes no part."""
    for quote in ("'", '"'):
        start = problem.find(quote)
        end = problem.find(f"{quote} in a condition", start + 1) if start >= 0 else -1
        if end > start >= 0:
            part = problem[start + 1 : end]
            at = text.find(part)
            return (at, at + len(part)) if at >= 0 and part else (-1, -1)
    at = next((text.find(name) for name in _named(problem) if text.find(name) >= 0), -1)
    return (at, at + len(next(name for name in _named(problem) if text.find(name) == at))) if at >= 0 else (-1, -1)


def _named(problem: str) -> list[str]:
    """Names that a sentence ends with: ``there is no field motor.temp``."""
    tail = problem.rpartition("there is no field ")[2] if "there is no field " in problem else ""
    return [tail.split()[0].rstrip(";,.")] if tail.split() else []


class RulesTab:
    """Rules on the left, the chosen one in the middle, alarms on the right.

    Attributes
    ----------
    chosen
        Its place in the list; -1 for a new one, None for none.
    draft
        As it is being written.
    """

    def __init__(self, panel: TwinPanel) -> None:
        self._panel = panel
        self.chosen: int | None = None
        self.draft: dict[str, Any] = {}
        self._kept: dict[str, Any] = {}
        self._checked: str | None = None
        self._problem = ""

    def choose(self, name: str) -> None:
        """Show the rule of a name."""
        for place, rule in enumerate(self._panel.items("rules")):
            if isinstance(rule, dict) and rule.get("name") == name:
                self._take(place, rule)

    def draw(self) -> None:
        """Three columns."""
        panel, t, unit = self._panel, self._panel.t, imgui.get_font_size()
        rules = panel.items("rules")
        if not rules and self.chosen is None:
            text = t("A rule says what must not be, such as motor.temperature > 80; what breaks it raises an alarm.")
            if say_nothing(panel.window, "warning", text, button=t("Add a rule"), name="add rule"):
                self._begin()
            panel.mark("add rule")
            return
        room = imgui.get_content_region_avail()
        if imgui.begin_child("list", (room.x * 0.22, room.y)):
            if panel.button("add rule", t("Add a rule"), picture="add"):
                self._begin()
            for place, rule in enumerate(rules):
                if isinstance(rule, dict):
                    self._draw_name(place, rule)
        imgui.end_child()
        imgui.same_line(0, unit)
        if imgui.begin_child("rule", (room.x * 0.42, room.y)):
            self._draw_draft()
        imgui.end_child()
        imgui.same_line(0, unit)
        if imgui.begin_child("alarms", (0, room.y)):
            self._draw_alarms()
        imgui.end_child()

    def _begin(self) -> None:
        self.chosen, self.draft, self._kept = -1, {"name": self._panel.t("New rule"), "when": ""}, {}

    def _take(self, place: int, rule: dict[str, Any]) -> None:
        self.chosen, self.draft, self._kept = place, dict(rule), dict(rule)
        self._checked = None

    def _draw_name(self, place: int, rule: dict[str, Any]) -> None:
        theme = self._panel.window.theme
        color = getattr(theme, severity_color(str(rule.get("severity", "high"))))
        imgui.text_colored(color, icon("mark"))
        imgui.same_line()
        if imgui.selectable(f"{rule.get('name', '')}###rule {place}", self.chosen == place)[0]:
            self._take(place, rule)
        self._panel.mark(f"rule {place}")

    # -- the rule ----------------------------------------------------------------------------------------------------
    def _draw_draft(self) -> None:
        panel, t = self._panel, self._panel.t
        if self.chosen is None:
            imgui.text_disabled(t("Choose a rule."))
            return
        self._text("name", t("Name"))
        self._text("when", t("When"))
        problem = self._check()
        self._draw_problem(problem)
        self._text("until", t("Until"))
        self._text("say", t("Says"))
        self._row(t("For, in seconds"))
        imgui.set_next_item_width(imgui.get_font_size() * 5)
        changed, secs = imgui.input_double("##for", float(self.draft.get("for", 0.0)), 0.0, 0.0, "%g")
        if changed:
            self._set("for", max(secs, 0.0) or None)
        imgui.same_line()
        now = str(self.draft.get("severity", "high"))
        if begin_combo(panel.window, "##severity", t.word(humanise(now)), imgui.get_content_region_avail().x):
            for each in SEVERITIES:
                if imgui.selectable(f"{t.word(humanise(each))}###{each}", each == now)[0]:
                    self._set("severity", each)
            imgui.end_combo()
        panel.mark("severity")
        is_new = self.chosen < 0
        if panel.button("keep rule", t("Keep"), picture="save", is_enabled=not problem and self.draft != self._kept):
            self._keep()
        imgui.same_line()
        if not is_new and panel.button("remove rule", t("Remove a rule"), picture="delete"):
            panel.window.do("twin.remove_rule", place=self.chosen)
            self.chosen = None

    def _row(self, title: str) -> None:
        imgui.align_text_to_frame_padding()
        imgui.text_disabled(title)
        imgui.same_line(imgui.get_font_size() * 6.5)
        imgui.set_next_item_width(-1)

    def _text(self, key: str, title: str) -> None:
        self._row(title)
        hint = {"when": "motor.temperature > 80", "say": "{name}: {motor.temperature:.0f} °C"}.get(key, "")
        changed, text = imgui.input_text_with_hint(f"##{key}", hint, str(self.draft.get(key, "")))
        self._panel.mark(f"rule {key}")
        if changed:
            self._set(key, text or None)
        if imgui.is_item_deactivated() and imgui.is_key_pressed(imgui.Key.enter) and not self._check() and self.draft != self._kept:
            self._keep()

    def _set(self, key: str, value: Any) -> None:
        if value is None and key not in ("name", "when"):
            self.draft.pop(key, None)
        else:
            self.draft[key] = value or ""
        self._checked = None

    def _check(self) -> str:
        """What is wrong with the draft; its text is parsed as it is typed."""
        key = repr(self.draft)
        if key != self._checked:
            self._checked, self._problem = key, ""
            try:
                read_rules([self.draft], self._panel.host.session.components)
            except TaixuError as error:
                self._problem = str(error).removeprefix("twin.rules[0]: ")
        return self._problem

    def _draw_problem(self, problem: str) -> None:
        """A line below the part of the text that is wrong, and the sentence."""
        theme, text = self._panel.window.theme, str(self.draft.get("when", ""))
        if not problem:
            self._row("")
            imgui.text_colored(theme.good, f"{icon('success')}  {self._panel.t('This can be asked.')}")
            return
        start, end = place_of_error(text, problem)
        if start >= 0:
            low, high, pad = imgui.get_item_rect_min(), imgui.get_item_rect_max(), imgui.get_style().frame_padding
            x = low.x + pad.x + imgui.calc_text_size(text[:start]).x
            wide = imgui.calc_text_size(text[start:end]).x
            y = high.y - pad.y + 1
            imgui.get_window_draw_list().add_line((x, y), (x + wide, y), theme.pack("bad"), 2.0)
        self._row("")
        imgui.push_style_color(imgui.Col_.text, theme.bad)
        imgui.text_wrapped(problem)
        imgui.pop_style_color()

    def _keep(self) -> None:
        panel = self._panel
        name = self.draft.get("name")
        try:
            panel.host.do("twin.set_rule", rule=self.draft, place=self.chosen)
        except TaixuError as error:
            self._checked, self._problem = repr(self.draft), str(error)
        else:
            self.choose(str(name))

    # -- alarms ------------------------------------------------------------------------------------------------------
    def _draw_alarms(self) -> None:
        panel, t, theme, desk = self._panel, self._panel.t, self._panel.window.theme, self._panel.desk
        if desk.past is not None:
            if panel.button("try rules", t("Try on the recording"), picture="history"):
                panel.window.do("past.try_rules")
            tried = desk.past.tried
            if tried is None:
                return
            if tried.problem:
                imgui.push_style_color(imgui.Col_.text, theme.bad)
                imgui.text_wrapped(tried.problem)
                imgui.pop_style_color()
                return
            if tried.alarms is None:
                imgui.progress_bar(tried.share, (-1, 0))
                return
            imgui.text_disabled(t("Alarms: {count}", count=len(tried.alarms)))
            alarms = tried.alarms
        else:
            alarms = desk.alarms()
            imgui.text_disabled(t("Alarms: {count}", count=len(alarms)) if desk.is_live else t("Connect to see alarms."))
        for number, alarm in enumerate(alarms[:_MOST_ALARMS]):
            imgui.push_id(number)
            is_seen = bool(alarm.acknowledged_by)
            imgui.align_text_to_frame_padding()
            imgui.text_colored(getattr(theme, severity_color(alarm.severity)), icon("mark" if is_seen else "warning"))
            imgui.same_line()
            at = datetime.fromtimestamp(alarm.raised_ns / 1e9)
            imgui.push_style_color(imgui.Col_.text, theme.faint if is_seen or not alarm.is_active else theme.text)
            is_chosen = imgui.selectable(f"{at:%H:%M:%S}  {alarm.text}###alarm", False, _OVERLAPPED)[0]
            imgui.pop_style_color()
            panel.mark(f"alarm {number}")
            if desk.past is None and not is_seen:
                self._draw_acknowledge(number, alarm.number)
            if is_chosen:
                if desk.past is not None:
                    panel.window.do("past.seek", at_ns=alarm.raised_ns)
                known = panel.host.session.world.find(alarm.entity)
                if known is not None:
                    panel.window.do("selection.set", entities=[f"{alarm.entity:016x}"])
            imgui.pop_id()

    def _draw_acknowledge(self, number: int, alarm: int) -> None:
        """At the end of an alarm's line."""
        panel, label = self._panel, f"{icon('success')}###acknowledge"
        width = imgui.calc_text_size(icon("success")).x + 2 * imgui.get_style().frame_padding.x
        imgui.same_line(max(imgui.get_content_region_avail().x - width, 0.0))
        if imgui.small_button(label):
            panel.window.do("live.acknowledge", number=alarm)
        panel.mark(f"acknowledge {number}")
        imgui.set_item_tooltip(panel.t("Acknowledge"))
