"""What an installation would do, laid out to be agreed to: each mod with who signed it, and what it asks for, why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.mods.packages.install_plan import PlanItem
from taixu.mods.packages.project_mods import ProjectMods
from taixu.mods.packages.requests import Request
from taixu_editor.interface import icon
from taixu_editor.mods.proposals import Proposal
from taixu_editor.mods.words import alarm_title, grouped, request_picture, request_text, size_text

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["ConsentForm"]

class ConsentForm:
    """Rows for a proposal.

    Attributes
    ----------
    denied
        ``alice.fish:net``: capabilities that the user takes out.
    accept
        Kinds of alarms that were ticked.
    """

    def __init__(self, window: EditorWindow, proposal: Proposal) -> None:
        self._window, self._t, self.proposal = window, window.t, proposal
        self.denied: set[str] = set()
        self.accept: set[str] = set()
        consents = ProjectMods(proposal.folder).consents
        found = {item.package.id: consents.find(item.package.id) for item in proposal.plan.changes}
        self._refused = {id: set(consent.denied) for id, consent in found.items() if consent is not None}

    @property
    def lacks(self) -> str:
        """Why it cannot be agreed to yet."""
        return "" if {alarm.kind for alarm in self.proposal.plan.alarms} <= self.accept else self._t("Tick what says careful first")

    def draw(self, height: float) -> None:
        """All of it, scrolled where it is taller."""
        flags = imgui.ChildFlags_.auto_resize_y | imgui.ChildFlags_.always_auto_resize
        imgui.set_next_window_size_constraints((0, 0), (10_000, height))
        if imgui.begin_child("consent", (0, 0), flags):
            self._draw_alarms()
            for number, item in enumerate(self.proposal.plan.changes):
                if number:
                    imgui.dummy((0, imgui.get_font_size() * 0.3))
                self._draw_item(item)
            self._draw_notes()
        imgui.end_child()

    # -- parts -------------------------------------------------------------------------------------------------------
    def _draw_alarms(self) -> None:
        theme, t, unit = self._window.theme, self._t, imgui.get_font_size()
        for number, alarm in enumerate(self.proposal.plan.alarms):
            start = imgui.get_cursor_screen_pos()
            imgui.begin_group()
            imgui.dummy((0, unit * 0.15))
            imgui.indent(unit * 0.8)
            imgui.text_colored(theme.bad, icon("warning"))
            imgui.same_line(0, unit * 0.6)
            imgui.push_font(self._window.fonts.bold, 0.0)
            imgui.text_colored(theme.bad, alarm_title(t, alarm.kind))
            imgui.pop_font()
            imgui.push_text_wrap_pos(0)
            imgui.text_unformatted(alarm.text)
            imgui.pop_text_wrap_pos()
            is_on = alarm.kind in self.accept
            if imgui.checkbox(f"{t('I know why, and go on')}###accept {alarm.kind} {number}", is_on)[0]:
                self.accept ^= {alarm.kind}
            imgui.unindent(unit * 0.8)
            imgui.dummy((0, unit * 0.15))
            imgui.end_group()
            end = (start.x + imgui.get_content_region_avail().x, imgui.get_item_rect_max().y)
            draw = imgui.get_window_draw_list()
            draw.add_rect_filled(start, end, theme.pack("bad", 0.08), unit * 0.35)
            draw.add_rect_filled(start, (start.x + unit * 0.2, end[1]), theme.pack("bad"), unit * 0.1)
            imgui.dummy((0, unit * 0.2))

    def _draw_item(self, item: PlanItem) -> None:
        t, theme, unit, package = self._t, self._window.theme, imgui.get_font_size(), item.package
        imgui.push_id(package.id)
        imgui.text_colored(theme.accent, icon("mod"))
        imgui.same_line(0, unit * 0.6)
        imgui.push_font(self._window.fonts.bold, 0.0)
        imgui.text_unformatted(package.manifest.title)
        imgui.pop_font()
        version = str(package.manifest.version)
        if item.was is not None and item.was.version != package.manifest.version:
            version = f"{item.was.version} → {version}"
        imgui.same_line()
        imgui.text_disabled(f"{package.id}  {version}")
        size = size_text(sum(map(len, package.contents.values())))
        imgui.same_line(imgui.get_cursor_pos_x() + imgui.get_content_region_avail().x - imgui.calc_text_size(size).x - unit * 0.5)
        imgui.text_disabled(size)
        imgui.indent(unit * 1.7)
        if package.manifest.description:
            self._wrapped(package.manifest.description, "faint")
        self._draw_signer(item)
        fresh = [request for request in item.requests if item.was is not None and request in item.asked]
        known = [request for request in item.requests if request not in fresh]
        for request in (*grouped(fresh), *grouped(known)):
            self._draw_request(item, request, is_new=bool(fresh) and request.name in {each.name for each in grouped(fresh)})
        if not item.requests:
            imgui.text_disabled(t("It asks for nothing"))
        imgui.unindent(unit * 1.7)
        imgui.pop_id()

    def _draw_signer(self, item: PlanItem) -> None:
        t, theme, unit = self._t, self._window.theme, imgui.get_font_size()
        if item.in_work:
            picture, color, text = "rename", "faint", t("In work, in this project: nobody signs it")
        elif item.key:
            picture, color, text = "seal", "good", t("Signed by {name}", name=item.key_name)
        else:
            picture, color, text = "warning", "warning", t("Signed by nobody: it may be from anybody")
        imgui.text_colored(getattr(theme, color), icon(picture))
        imgui.same_line(0, unit * 0.5)
        imgui.text_colored(getattr(theme, "faint" if color == "good" else color), text)
        if item.key:
            imgui.set_item_tooltip(item.key)
        if item.origin.startswith("index "):
            imgui.same_line(0, unit * 0.5)
            imgui.text_disabled("·  " + t("from {place}", place=item.origin.removeprefix("index ")))
        if not item.direct and not item.in_work:
            imgui.same_line(0, unit * 0.5)
            imgui.text_disabled("·  " + t("needed by another"))

    def _draw_request(self, item: PlanItem, request: Request, *, is_new: bool) -> None:
        t, theme, unit = self._t, self._window.theme, imgui.get_font_size()
        key, text = f"{item.package.id}:{request.name}", request_text(t, request)
        before = request.name in self._refused.get(item.package.id, ())
        if ":" in request.name:  # what it is made of: without it, it would be another mod
            imgui.dummy((imgui.get_frame_height(), imgui.get_font_size()))
            imgui.same_line(0, imgui.get_style().item_inner_spacing.x)
        else:
            imgui.begin_disabled(before)
            if imgui.checkbox(f"###grant {request.name}", key not in self.denied and not before)[0]:
                self.denied ^= {key}
            imgui.end_disabled()
            tip = t("You refused it before; remove the mod to be asked anew") if before else t("Without it the mod runs, too")
            imgui.set_item_tooltip(tip)
            imgui.same_line(0, imgui.get_style().item_inner_spacing.x)
        imgui.text_colored(theme.faint, icon(request_picture(request)))
        imgui.same_line(0, unit * 0.5)
        is_denied = key in self.denied or before
        imgui.push_style_color(imgui.Col_.text, theme.faint if is_denied else theme.text)
        imgui.push_text_wrap_pos(0)
        imgui.text_unformatted(text)
        imgui.pop_text_wrap_pos()
        imgui.pop_style_color()
        if is_new and not before:
            imgui.same_line(0, unit * 0.5)
            imgui.text_colored(theme.warning, t("new"))
        if request.why:
            imgui.same_line(0, unit * 0.5)
            self._wrapped(f"“{request.why}”", "faint")

    def _draw_notes(self) -> None:
        t, theme, plan = self._t, self._window.theme, self.proposal.plan
        lines = [t("{id} {version} is removed: nothing needs it any more", id=mod.id, version=mod.version) for mod in plan.removed]
        lines += [*plan.notes, *map(str, plan.shared)]
        if lines:
            imgui.dummy((0, imgui.get_font_size() * 0.2))
        for line in lines:
            imgui.text_colored(theme.faint, icon("info"))
            imgui.same_line()
            self._wrapped(line, "faint")

    def _wrapped(self, text: str, color: str) -> None:
        imgui.push_style_color(imgui.Col_.text, getattr(self._window.theme, color))
        imgui.push_text_wrap_pos(0)
        imgui.text_unformatted(text)
        imgui.pop_text_wrap_pos()
        imgui.pop_style_color()
