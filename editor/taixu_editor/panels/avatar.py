"""The avatar studio: somebody to look at from all sides, sliders and parts, words and chance, and a place in the world."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu_editor.avatars import AvatarDesk, made_avatar
from taixu_editor.avatars.choices import KINDS
from taixu_editor.avatars.origin import AvatarFiles
from taixu_editor.generating.wish import chance
from taixu_editor.interface import icon
from taixu_editor.panels.avatar_choices import Choices
from taixu_editor.panels.avatar_forms import AvatarWords
from taixu_editor.panels.avatar_stage import POSES, AvatarStage
from taixu_editor.panels.generate_words import square_button
from taixu_editor.panels.panel import Panel
from taixu_editor.widgets.combo import begin_combo

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["AvatarPanel"]

_WIDE = 46.0
"""Width in heights of the text from which on the person stands beside the sliders."""
_KIND_TITLES = {"human": "Human", "cartoon": "Cartoon"}
_POSE_TITLES = {"stand": "Stand", "walk": "Walk", "run": "Run", "sit": "Sit", "wave": "Wave", "point": "Point",
                "hold": "Hold", "cheer": "Cheer", "talk": "Talk"}  # fmt: skip


class AvatarPanel(Panel):
    """Words above, the person below them, then tabs with all that can be chosen.

    Attributes
    ----------
    desk
        What is chosen, and the worker that makes looks of it.
    places
        Middle of each thing that can be clicked, by name.
    """

    id: ClassVar[str] = "avatar"
    title: ClassVar[str] = "Avatar"
    dock: ClassVar[str] = "right"
    is_open_at_first: ClassVar[bool] = False

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.desk = AvatarDesk()
        self.stage = AvatarStage(window)
        self.word = AvatarWords(window.t)
        self.choices = Choices(self)
        self.words = ""
        self.places: dict[str, tuple[float, float]] = {}
        self._files = AvatarFiles()
        self._said = ("", "")

    # -- the frame ---------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        """All of it."""
        if not self.host.session.worlds:
            return
        self.places.clear()
        self.desk.begin()
        self.desk.frame()
        said = (self.desk.draft.kind, self.desk.draft.words)
        if said != self._said:
            self._said, self.words = said, said[1]
        unit, room = imgui.get_font_size(), imgui.get_content_region_avail()
        if room.x >= unit * _WIDE:
            gap = unit * 0.9
            if imgui.begin_child("person's side", (room.x * 0.46, room.y)):
                self._draw_person(imgui.get_content_region_avail().y - self._foot())
            imgui.end_child()
            imgui.same_line(0, gap)
            if imgui.begin_child("choices' side", (0, room.y)):
                self.choices.draw()
            imgui.end_child()
        else:
            self._draw_person(max(room.y * 0.5, unit * 12))
            if imgui.begin_child("choices", (0, 0)):
                self.choices.draw()
            imgui.end_child()
        if imgui.is_window_focused(imgui.FocusedFlags_.root_and_child_windows):
            self.keyboard_frame = imgui.get_frame_count()

    def release(self) -> None:
        """End the worker, and give the picture back."""
        self.desk.close()
        self.stage.release()

    def go_on_with(self, entity: str) -> bool:
        """Show what an entity's avatar was made of; False where it is none that was made here."""
        found = made_avatar(self.host.session, entity)
        if found is None:
            return False
        self.desk.show(found.kind, found.values, words=found.words, seed=found.seed)
        return True

    def mark(self, name: str) -> None:
        """Remember where the latest item is."""
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self.places[name] = ((low.x + high.x) / 2, (low.y + high.y) / 2)

    # -- the person's side -------------------------------------------------------------------------------------------
    def _foot(self) -> float:
        return (imgui.get_frame_height() + imgui.get_style().item_spacing.y) * 2

    def _draw_person(self, height: float) -> None:
        top = imgui.get_cursor_pos_y()
        self._draw_kinds()
        self._draw_words()
        left = height - (imgui.get_cursor_pos_y() - top)
        width = imgui.get_content_region_avail().x
        self.stage.tab = self.choices.tab
        self.stage.draw(self.desk, width, max(left, imgui.get_font_size() * 8))
        end = imgui.get_cursor_pos()
        self._draw_state()
        self._draw_poses()
        imgui.set_cursor_pos(end)
        imgui.dummy((0, 0))
        self._draw_buttons()

    def _draw_kinds(self) -> None:
        """Human or cartoon, and somebody to begin with."""
        t, draft, theme = self.t, self.desk.draft, self.window.theme
        gap = imgui.get_style().item_inner_spacing.x
        for kind in KINDS:
            is_on = draft.kind == kind
            imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else theme.raised)
            if imgui.button(f"{t(_KIND_TITLES[kind])}###kind {kind}") and not is_on and not draft.use_kind(kind):
                self.desk.draw(kind=kind, words="")
            imgui.pop_style_color()
            self.mark(f"kind {kind}")
            imgui.same_line(0, gap)
        presets = self.desk.catalogue.get(draft.kind, {}).get("presets", ())
        shown = self.word(draft.preset.capitalize()) if draft.preset else t("Begin with...")
        if begin_combo(self.window, "##preset", shown, imgui.get_content_region_avail().x):
            for name in presets:
                if imgui.selectable(f"{self.word(name.capitalize())}###preset {name}", name == draft.preset)[0]:
                    self.desk.draw(kind=draft.kind, words="", preset=name)
            imgui.end_combo()
        self.mark("preset")

    def _draw_words(self) -> None:
        t, gap, side = self.t, imgui.get_style().item_inner_spacing.x, imgui.get_frame_height()
        imgui.set_next_item_width(imgui.get_content_region_avail().x - side - gap)
        flags = imgui.InputTextFlags_.enter_returns_true
        entered, text = imgui.input_text_with_hint("##words", t("Say who: a tall old sailor with a red beard"), self.words, flags)
        self.words = text[:1000]
        self.mark("words")
        imgui.same_line(0, gap)
        if square_button("generate", "of words", side) or entered:
            self.desk.draw(words=self.words, seed=self.desk.draft.seed)
        self.mark("of words")
        imgui.set_item_tooltip(t("Draw whom the words mean"))

    def _draw_state(self) -> None:
        """What is under way, or why there is nothing to see."""
        unit, theme, draw = imgui.get_font_size(), self.window.theme, imgui.get_window_draw_list()
        left, _, _, bottom = self.stage.box
        said = self.desk.error or (self.t("Making the look...") if self.desk.is_busy else "")
        if said:
            color = theme.pack("bad" if self.desk.error else "faint")
            room = self.stage.box[2] - left
            draw.add_text(imgui.get_font(), unit * 0.85, (left + unit * 0.5, bottom - unit * 1.4), color, said, room)

    def _draw_poses(self) -> None:
        """At the right edge of the picture: what the person does, and whether it moves."""
        unit, theme, stage, t = imgui.get_font_size(), self.window.theme, self.stage, self.t
        _, top, right, low_edge = stage.box
        wide, tall = unit * 3.6, min(unit * 1.5, (low_edge - top - unit * 0.8) / (len(POSES) + 1))
        left, bottom = right - wide - unit * 0.3, top + unit * 0.45 + (len(POSES) + 1) * tall
        ground = theme.pack("raised", 0.8)
        imgui.get_window_draw_list().add_rect_filled((left, top + unit * 0.3), (left + wide, bottom), ground, unit * 0.3)
        for number, pose in enumerate(POSES):
            imgui.set_cursor_screen_pos((right - wide - unit * 0.3, top + unit * 0.3 + number * tall))
            if imgui.invisible_button(f"pose {pose}", (wide, tall)):
                stage.pose = pose
            self.mark(f"pose {pose}")
            low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
            is_on, draw = stage.pose == pose, imgui.get_window_draw_list()
            if is_on or imgui.is_item_hovered():
                draw.add_rect_filled(low, high, theme.pack("panel", 0.85 if is_on else 0.5), unit * 0.3)
            text = t(_POSE_TITLES[pose])
            size = imgui.calc_text_size(text)
            where = (low.x + (wide - size.x) / 2, low.y + (tall - size.y) / 2)
            draw.add_text(where, theme.pack("accent" if is_on else "faint"), text)
        imgui.set_cursor_screen_pos((right - wide - unit * 0.3, top + unit * 0.4 + len(POSES) * tall))
        imgui.push_style_color(imgui.Col_.text, theme.accent if stage.moves else theme.faint)
        if imgui.button(f"{icon('pause' if stage.moves else 'play')}###moves", (wide, tall)):
            stage.moves = not stage.moves
        imgui.pop_style_color()
        self.mark("moves")
        imgui.set_item_tooltip(t("Hold still") if stage.moves else t("Let it move and blink"))

    def _draw_buttons(self) -> None:
        """Chance, the way back, and the way into the world."""
        t, draft, gap, side = self.t, self.desk.draft, imgui.get_style().item_inner_spacing.x, imgui.get_frame_height()
        if imgui.button(icon("dice", t("Random")) + "###random"):
            self.desk.draw(kind=draft.kind, words=self.words, seed=chance())
        self.mark("random")
        imgui.set_item_tooltip(t("Somebody else; locked tabs stay"))
        for name, picture, said, act, can in (
            ("undo", "undo", "Step back in the studio", draft.undo, draft.can_undo),
            ("redo", "redo", "Step forth in the studio", draft.redo, draft.can_redo),
        ):  # fmt: skip
            imgui.same_line(0, gap)
            imgui.begin_disabled(not can)
            if square_button(picture, name, side):
                act()
            imgui.end_disabled()
            self.mark(name)
            imgui.set_item_tooltip(t(said))
        chosen = self._chosen()
        imgui.begin_disabled(not draft.values)
        imgui.same_line(0, gap)
        wide = (imgui.get_content_region_avail().x - (gap if chosen else 0)) / (2 if chosen else 1)
        if imgui.button(f"{t('Put into the world')}###put", (wide, 0)):
            self.window.shell.later(partial(self._make, ""))
        self.mark("put")
        if chosen:
            imgui.same_line(0, gap)
            if imgui.button(f"{t('Replace')}###replace", (-1, 0)):
                self.window.shell.later(partial(self._make, chosen))
            self.mark("replace")
            imgui.set_item_tooltip(t("The selected avatar becomes this one"))
        imgui.end_disabled()

    def _chosen(self) -> str:
        """The selected entity, if it has an avatar of ours."""
        session = self.host.session
        chosen = session.current.selection[-1] if session.current.selection else ""
        return chosen if chosen and self._files.is_made(session, chosen) else ""

    def _make(self, entity: str) -> None:
        draft = self.desk.draft
        place = {"entity": entity} if entity else {"position": self.window.place_in_view()}
        self.window.do("avatar.make", prompt=draft.words, seed=draft.seed, settings=draft.settings(), **place)
