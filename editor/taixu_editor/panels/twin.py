"""The twin of a world: where readings come from, what was heard, what goes where, and what is doubtful about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.edit import WorldSettings
from taixu_editor.interface import icon
from taixu_editor.panels.panel import Panel
from taixu_editor.panels.twin_bindings import BindingsTab
from taixu_editor.panels.twin_places import PlacesTab
from taixu_editor.panels.twin_problems import ProblemsTab
from taixu_editor.panels.twin_rules import RulesTab
from taixu_editor.panels.twin_sources import SourcesTab
from taixu_editor.panels.twin_topics import TopicsTab
from taixu_editor.twin.desk import missing_extra, warm_up

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["TwinPanel"]

TABS = ("sources", "topics", "bindings", "frames", "rules", "problems")
_TITLES = {
    "sources": "Sources", "topics": "Topics", "bindings": "Bindings", "frames": "Frames", "rules": "Rules", "problems": "Problems",
}  # fmt: skip


class TwinPanel(Panel):
    """Connect above, one of six lists below.

    Attributes
    ----------
    tab
        Which list is shown.
    places
        Middles of what can be clicked, by name.
    """

    id: ClassVar[str] = "twin"
    title: ClassVar[str] = "Twin"
    dock: ClassVar[str] = "bottom"
    is_open_at_first: ClassVar[bool] = False

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.desk = window.host.twin
        self.tab = "sources"
        self.places: dict[str, tuple[float, float]] = {}
        self._marked: dict[str, tuple[float, float]] = {}
        self.sources, self.topics, self.bindings = SourcesTab(self), TopicsTab(self), BindingsTab(self)
        self.frames, self.rules, self.problems = PlacesTab(self), RulesTab(self), ProblemsTab(self)
        self._is_warm = False

    def draw(self) -> None:
        """The line above, and what is chosen below."""
        session = self.host.session
        if not session.worlds:
            return
        if not self._is_warm:  # units are loaded for the first time elsewhere: that takes a moment
            self._is_warm = True
            warm_up()
        self._marked = {}
        if lacking := missing_extra():
            imgui.text_colored(self.window.theme.warning, icon("warning"))
            imgui.same_line()
            imgui.text_wrapped(self.t('Twins need {package}; pip install "taixu[twin]" brings it.', package=lacking))
        self._draw_head()
        if self.desk.problem:
            imgui.push_style_color(imgui.Col_.text, self.window.theme.bad)
            imgui.text_wrapped(self.desk.problem)
            imgui.pop_style_color()
        getattr(self, self.tab).draw()
        self.places = self._marked
        if imgui.is_window_focused(imgui.FocusedFlags_.root_and_child_windows):
            self.keyboard_frame = imgui.get_frame_count()

    @property
    def section(self) -> dict[str, object]:
        """What the edited world's settings say of its twin."""
        return self.host.session.world.resource(WorldSettings).section("twin")

    def items(self, key: str) -> list[object]:
        """A list of the section."""
        found = self.section.get(key)
        return found if isinstance(found, list) else []

    def mark(self, name: str) -> None:
        """Remember where the item just drawn is."""
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self._marked[name] = ((low.x + high.x) / 2, (low.y + high.y) / 2)

    def button(
        self, name: str, text: str, *, picture: str = "", tip: str = "", is_on: bool = False, is_enabled: bool = True
    ) -> bool:
        """A flat button of the panel; texts are in the user's language."""
        theme = self.window.theme
        if is_on:
            imgui.push_style_color(imgui.Col_.button, theme.accent_soft)
            imgui.push_style_color(imgui.Col_.text, theme.accent)
        imgui.begin_disabled(not is_enabled)
        pressed = imgui.button(f"{icon(picture, text) if picture else text}###{name}")
        imgui.end_disabled()
        if is_on:
            imgui.pop_style_color(2)
        self.mark(name)
        if tip:
            imgui.set_item_tooltip(tip)
        return bool(pressed)

    # -- the line above ----------------------------------------------------------------------------------------------
    def _draw_head(self) -> None:
        t, desk, unit = self.t, self.desk, imgui.get_font_size()
        keys = self.window.shell.keymap
        if desk.is_live:
            if self.button("connect", t("Disconnect"), picture="stop", tip=keys.text("live.disconnect")):
                self.window.shell.do_later("live.disconnect")
        elif self.button("connect", t("Connect"), picture="play", tip=keys.text("live.connect")):
            self.connect()
        imgui.same_line(0, unit * 0.6)
        imgui.align_text_to_frame_padding()
        self._draw_state()
        counts = {
            "sources": len(self._table("sources")), "topics": len(desk.topics), "bindings": len(self.items("bindings")),
            "frames": len(self._table("frames")), "rules": len(self.items("rules")),
            "problems": len(desk.findings) + len(desk.rule_problems()),
        }  # fmt: skip
        labels = {tab: t(_TITLES[tab]) + (f"  {counts[tab]:,}" if counts[tab] else "") for tab in TABS}
        pad = imgui.get_style().frame_padding.x * 2 + unit * 0.25
        width = sum(imgui.calc_text_size(label).x + pad for label in labels.values())
        imgui.same_line(0, unit * 1.2)
        x = imgui.get_cursor_pos_x()
        left = imgui.get_content_region_avail().x - width
        if left < 0:
            imgui.new_line()
        else:
            imgui.set_cursor_pos_x(x + left)
        imgui.push_style_color(imgui.Col_.button, (0, 0, 0, 0))
        for number, (tab, label) in enumerate(labels.items()):
            if number:
                imgui.same_line(0, unit * 0.25)
            if self.button(f"tab {tab}", label, is_on=self.tab == tab):
                self.tab = tab
        imgui.pop_style_color()

    def _draw_state(self) -> None:
        t, theme, desk = self.t, self.window.theme, self.desk
        if desk.past is not None:
            imgui.text_colored(theme.accent, t("A recording is shown"))
        elif desk.is_opening:
            imgui.text_colored(theme.faint, t("Connecting..."))
        elif desk.is_live:
            states = [each.link.status.state for each in desk.sources]
            count = sum(state in ("connected", "done") for state in states)
            color = theme.good if states and count == len(states) else theme.warning
            imgui.text_colored(color, icon("mark"))
            imgui.same_line()
            if desk.topics.readings:
                text = t("Live: {count} of {all} sources, {readings} readings", count=count, all=len(states),
                         readings=f"{desk.topics.readings:,}")  # fmt: skip
            else:  # simulators, and programs elsewhere, take their time to begin
                text = t("Live: {count} of {all} sources; nothing was said yet", count=count, all=len(states))
            imgui.text_unformatted(text)
            imgui.set_item_tooltip(t("A copy of the world is fed. What you edit is the world itself."))
        else:
            imgui.text_disabled(t("Not connected"))

    def connect(self) -> None:
        """Connect, or ask whether the project is trusted."""
        root = self.host.session.project.root
        if self.host.is_trusted(root):
            self.window.shell.do_later("live.connect")
            return
        from taixu_editor.dialogs import Choice

        def give() -> None:
            self.window.shell.trust.give(root)
            self.window.do("live.connect")

        self.window.shell.dialogs.ask(
            self.t("Trust this project?"),
            self.t("Somebody else made it, and its sources may be anywhere. Connect only if you trust who did."),
            Choice("Trust and connect", give), Choice("Cancel", lambda: None),
        )  # fmt: skip

    def _table(self, key: str) -> dict[str, object]:
        found = self.section.get(key)
        return found if isinstance(found, dict) else {}

