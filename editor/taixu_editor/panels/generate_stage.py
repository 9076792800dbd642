"""What it looks like: the first look at a wish, a result, or two of them beside one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu_editor.generating.history import Entry
from taixu_editor.generating.kinds import kind_named
from taixu_editor.generating.small import map_fields
from taixu_editor.interface import icon
from taixu_editor.panels.generate_ball import ResultBall
from taixu_editor.panels.generate_drop import drag_result
from taixu_editor.panels.generate_pictures import Previews
from taixu_editor.panels.generate_script import ScriptView
from taixu_editor.panels.generate_stage_bar import StageBar
from taixu_editor.panels.material import draw_body
from taixu_editor.panels.material_ball import BODIES

if TYPE_CHECKING:
    from taixu_editor.panels.generate import GeneratePanel

__all__ = ["Stage"]

_TITLES = {"sphere": "Sphere", "box": "Box", "plane": "Plane", "cloth": "Cloth", "torus": "Torus"}
Box = tuple[float, float, float, float]


class Stage:
    """The picture in the middle.

    Attributes
    ----------
    shown
        What it shows now: "nothing", "waiting", "preview", "look", "result" or "two".
    box
        Where it lies: left, top, right and bottom in window units.
    split
        Where one result ends and the other begins, as a share of the width.
    grip
        The middle of what is dragged onto things.
    """

    def __init__(self, panel: GeneratePanel) -> None:
        self._panel = panel
        self.balls = (ResultBall(panel.window), ResultBall(panel.window))
        self._previews = Previews(panel.window)
        self.bar = StageBar(panel)
        self.script = ScriptView(panel)
        self.shown = "nothing"
        self.box: Box = (0.0, 0.0, 0.0, 0.0)
        self.split = 0.5
        self._splits = False
        self.grip = (0.0, 0.0)

    def draw(self, side: float) -> None:
        """A square in the middle of the width, and below it what can be done with what it shows."""
        panel, unit = self._panel, imgui.get_font_size()
        entry, other = panel.chosen_entry, panel.compared_entry
        width = imgui.get_content_region_avail().x
        side = max(min(side, width, unit * 26), unit * 6)
        left, start = (width - side) / 2, imgui.get_cursor_pos()
        imgui.dummy((0, unit * 0.1))
        imgui.set_cursor_pos_x(start.x + left)
        x, y = imgui.get_cursor_screen_pos()
        self.box = (x, y, x + side, y + side)
        draw, theme, round_px = imgui.get_window_draw_list(), panel.window.theme, unit * 0.5
        draw.add_rect_filled((x, y), (x + side, y + side), theme.pack("raised"), round_px)
        imgui.set_next_item_allow_overlap()
        imgui.invisible_button("stage", (side, side))
        under = imgui.get_cursor_pos()
        if entry is not None and other is not None:
            self._draw_two(entry, other, side)
        elif entry is not None:
            self._draw_entry(entry, side)
        else:
            self._draw_look(side)
        if self.shown in ("look", "result", "two") and (entry.makes if entry else panel.draft.generator.makes) != "script":
            self._draw_grip(entry)
        imgui.set_cursor_pos(under)
        self.bar.draw(entry)

    def release(self) -> None:
        """Give the previews back."""
        for ball in self.balls:
            ball.release()
        self._previews.keep_only(set())

    # -- what is shown -----------------------------------------------------------------------------------------------
    def _draw_look(self, side: float) -> None:
        panel, looking = self._panel, self._panel.studio.looking
        running = next((each for each in panel.studio.running if each.preview is not None), None)
        self.shown = "nothing"
        if looking.result is not None and looking.result.files[0].suffix == ".py":
            self.script.draw(self.box, looking.result.files, looking.result.key, None)
            self.shown = "look"
        elif looking.result is not None and looking.preview is None:
            files = [(str(file), made.role) for file, made in zip(looking.result.files, looking.result.provenances, strict=True)]
            self._draw_files(files, side, name="look")
            self.shown = "look"
        elif looking.preview is not None:
            self._draw_pixels("preview", looking.preview)
            self.shown = "preview"
        elif panel.draft.meaning.problem and panel.draft.prompt.strip():
            self._say(icon("warning"), panel.t("Nothing is made of these words."))
        elif looking.error and panel.draft.prompt:
            self._say(icon("warning"), looking.error)
        elif running is not None:
            self._draw_pixels("running", running.preview)
            self.shown = "preview"
        elif looking.is_busy:
            self.shown = "waiting"
        elif panel.draft.is_empty:
            self._say(icon(kind_named(panel.draft.generator.makes).icon), panel.t("Write what it should be, or take an example."))
        else:
            self._say(icon("generate"), panel.t("It is seen when it is made."))
        if looking.is_busy:
            self._draw_progress(looking.progress)

    def _draw_entry(self, entry: Entry, side: float) -> None:
        self.shown = "result"
        self._draw_small(entry, side, "result")

    def _draw_small(self, entry: Entry, side: float, name: str, ball: int = 0, box: Box | None = None) -> None:
        if entry.makes == "script":
            if name == "result":
                self.script.draw(self.box, entry.cached(), entry.key, entry)
            return
        small = self._panel.studio.small(entry)
        if small is None:
            return
        if "picture" in small:
            self._draw_file(small["picture"], entry.makes, box)
        elif small:
            self._draw_files([(str(path), role) for role, path in small.items()], side, name=name, ball=ball, box=box)
        else:
            self._say(icon(kind_named(entry.makes).icon), entry.label)

    def _draw_two(self, first: Entry, second: Entry, side: float) -> None:
        """The first at the left of a line that is dragged, the second at its right; both turn together."""
        self.shown = "two"
        x, y, right, bottom = self.box
        unit, theme, draw = imgui.get_font_size(), self._panel.window.theme, imgui.get_window_draw_list()
        mouse, line = imgui.get_io().mouse_pos, x + side * self.split
        if imgui.is_item_activated():
            self._splits = abs(mouse.x - line) < unit
        if imgui.is_item_active() and self._splits:
            self.split = min(max((mouse.x - x) / side, 0.0), 1.0)
            line = x + side * self.split
        elif imgui.is_item_active():
            self.balls[0].turn()
        if imgui.is_item_hovered() and abs(mouse.x - line) < unit:
            imgui.set_mouse_cursor(imgui.MouseCursor_.resize_ew)
        self.balls[1].turn_rad, self.balls[1].height_rad = self.balls[0].turn_rad, self.balls[0].height_rad
        self.balls[1].body = self.balls[0].body
        for entry, ball, part in ((first, 0, (x, y, line, bottom)), (second, 1, (line, y, right, bottom))):
            draw.push_clip_rect(part[:2], part[2:], True)
            self._draw_small(entry, side, f"two {ball}", ball, self.box)
            draw.pop_clip_rect()
        draw.add_line((line, y), (line, bottom), theme.pack("accent"), max(unit * 0.12, 1.0))
        middle = (line, (y + bottom) / 2)
        draw.add_circle_filled(middle, unit * 0.75, theme.pack("accent"))
        glyph = icon("compare")
        wide = imgui.calc_text_size(glyph)
        small = unit * 0.8
        where = (middle[0] - wide.x * 0.4, middle[1] - small / 2)
        draw.add_text(imgui.get_font(), small, where, theme.pack("on_accent"), glyph)
        for entry, at, is_left in ((first, x + unit * 0.5, True), (second, right - unit * 0.5, False)):
            text = f"{entry.wish.seed}" if first.label == second.label else entry.label
            self._plate(text, at, y + unit * 0.5, is_left=is_left)

    # -- parts -------------------------------------------------------------------------------------------------------
    def _draw_files(self, files: list[tuple[str, str]], side: float, *, name: str, ball: int = 0, box: Box | None = None) -> None:
        """Maps on a ball, a picture as it is."""
        fields = map_fields(files)
        if fields:
            number = self.balls[ball].number({**fields, "texture_scale": (2.0, 1.0) if self._is_round(ball) else (1.0, 1.0)}, side)
            x, y, right, bottom = box or self.box
            white, round_px = imgui.get_color_u32((1.0, 1.0, 1.0, 1.0)), imgui.get_font_size() * 0.5
            draw = imgui.get_window_draw_list()
            draw.add_image_rounded(number, (x, y), (right, bottom), (0, 1), (1, 0), white, round_px)
            if name in ("look", "result"):
                self.balls[ball].turn()
                self._draw_bodies()
            return
        picture = next((path for path, _ in files if path.lower().endswith((".png", ".jpg", ".jpeg", ".webp"))), "")
        if picture:
            from pathlib import Path

            self._draw_file(Path(picture), "texture", box)
        else:
            shown = self._panel.studio.looking.picture
            if shown is not None:
                self._draw_file(shown, self._panel.draft.generator.makes, box)

    def _is_round(self, ball: int) -> bool:
        return self.balls[ball].body in ("sphere", "torus")

    def _draw_file(self, path: Any, makes: str, box: Box | None = None) -> None:
        found = self._panel.window.shell.pictures.find(path)
        if found is not None:
            self._draw_image(*found, box or self.box, "accent" if makes == "sound" else "")

    def _draw_pixels(self, name: str, pixels: Any) -> None:
        number, aspect = self._previews.find(name, pixels)
        self._draw_image(number, aspect, self.box)

    def _draw_image(self, number: Any, aspect: float, box: Box, tint: str = "") -> None:
        x, y, right, bottom = box
        side = right - x
        wide, high = min(side, side * aspect), min(side, side / aspect)
        left, top = x + (side - wide) / 2, y + (bottom - y - high) / 2
        color = self._panel.window.theme.pack(tint) if tint else imgui.get_color_u32((1.0, 1.0, 1.0, 1.0))
        draw, round_px = imgui.get_window_draw_list(), imgui.get_font_size() * 0.5
        draw.add_image_rounded(number, (left, top), (left + wide, top + high), (0, 0), (1, 1), color, round_px)

    def _draw_bodies(self) -> None:
        """Which body wears it."""
        unit, theme, ball = imgui.get_font_size(), self._panel.window.theme, self.balls[0]
        size = unit * 1.5
        for number, body in enumerate(BODIES):
            imgui.set_cursor_screen_pos((self.box[2] - size - unit * 0.3, self.box[1] + unit * 0.3 + number * size))
            if imgui.invisible_button(f"body {body}", (size, size)):
                ball.body = body
            imgui.set_item_tooltip(self._panel.t(_TITLES[body]))
            is_on, hovered = ball.body == body, imgui.is_item_hovered()
            low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
            if is_on or hovered:
                fill = theme.pack("panel", 0.85 if is_on else 0.5)
                imgui.get_window_draw_list().add_rect_filled(low, high, fill, unit * 0.3)
            color = theme.pack("accent" if is_on else "faint")
            draw_body(body, ((low.x + high.x) / 2, (low.y + high.y) / 2), unit * 0.36, color)

    def _draw_grip(self, entry: Entry | None) -> None:
        """What is dragged onto things."""
        panel, theme, unit = self._panel, self._panel.window.theme, imgui.get_font_size()
        text = icon("grip", panel.t("Drag onto a thing"))
        width, height = imgui.calc_text_size(text).x + unit * 1.2, unit * 1.6
        if width > self.box[2] - self.box[0] - unit:
            text = icon("grip")
            width = imgui.calc_text_size(text).x + unit * 1.2
        x, y = self.box[0] + unit * 0.4, self.box[3] - height - unit * 0.4
        imgui.set_cursor_screen_pos((x, y))
        imgui.invisible_button("grip", (width, height))
        self.grip = (x + width / 2, y + height / 2)
        hovered = imgui.is_item_hovered()
        if hovered:
            imgui.set_mouse_cursor(imgui.MouseCursor_.hand)
        if entry is None:
            drag_result(panel.window, panel.draft.wish(), panel.draft.prompt or panel.draft.generator.name)
        else:
            drag_result(panel.window, entry.id, entry.label)
        draw = imgui.get_window_draw_list()
        draw.add_rect_filled((x, y), (x + width, y + height), theme.pack("panel", 1.0 if hovered else 0.85), height / 2)
        color = theme.pack("accent" if hovered else "text")
        draw.add_text((x + unit * 0.6, y + (height - unit) / 2), color, text)

    def _draw_progress(self, done: float) -> None:
        x, _, right, bottom = self.box
        unit, theme, draw = imgui.get_font_size(), self._panel.window.theme, imgui.get_window_draw_list()
        high = unit * 0.16
        draw.push_clip_rect((x, bottom - high), (right, bottom), True)
        draw.add_rect_filled((x, bottom - high), (x + (right - x) * min(max(done, 0.04), 1.0), bottom), theme.pack("accent"))
        draw.pop_clip_rect()

    def _plate(self, text: str, x: float, y: float, *, is_left: bool) -> None:
        from taixu_editor.widgets.cards import fit_text

        unit, theme, draw = imgui.get_font_size(), self._panel.window.theme, imgui.get_window_draw_list()
        text = fit_text(text, (self.box[2] - self.box[0]) * 0.42)
        width = imgui.calc_text_size(text).x + unit * 0.8
        left = x if is_left else x - width
        draw.add_rect_filled((left, y), (left + width, y + unit * 1.4), theme.pack("panel", 0.85), unit * 0.3)
        draw.add_text((left + unit * 0.4, y + unit * 0.2), theme.pack("text"), text)

    def _say(self, glyph: str, text: str) -> None:
        """A sign and a sentence in the middle."""
        unit, theme, draw = imgui.get_font_size(), self._panel.window.theme, imgui.get_window_draw_list()
        x, y, right, bottom = self.box
        room = right - x - unit * 2.4
        size = imgui.calc_text_size(text, False, room)
        wide = imgui.calc_text_size(glyph)
        top = (y + bottom - size.y - unit * 3) / 2
        draw.add_text(
            imgui.get_font(), unit * 2, (x + (right - x) / 2 - wide.x, top), theme.pack("faint", 0.5), glyph
        )
        draw.push_clip_rect((x, y), (right, bottom), True)
        at = (x + (right - x - min(size.x, room)) / 2, top + unit * 3)
        draw.add_text(imgui.get_font(), unit, at, theme.pack("faint"), text, room)
        draw.pop_clip_rect()
