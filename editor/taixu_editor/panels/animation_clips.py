"""Clips of the selected model: which one is looked at, and how much of a second one is mixed in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.animation import AnimationPlayer, Animator
from taixu_editor.interface import icon
from taixu_editor.widgets.combo import begin_combo

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["ClipChoice"]


class ClipChoice:
    """What of a model's clips is looked at.

    Attributes
    ----------
    clip, second_clip
        Names; the second is empty for none.
    mix
        Share of the second one.
    """

    def __init__(self, window: EditorWindow) -> None:
        self.window = window
        self.clip = self.second_clip = ""
        self.mix = 0.5
        self.names: list[str] = []
        self._lengths: dict[str, float] = {}

    def meet(self, entity: str) -> None:
        """Another entity is looked at: the clips that its player has."""
        session = self.window.host.session
        self.clip, self.second_clip, self.mix = "", "", 0.5
        world, handle = session.world, session.entity(entity)
        if world.has(handle, AnimationPlayer):
            player = world.get(handle, AnimationPlayer)
            self.clip, self.second_clip = str(player.clip), str(player.second_clip)
            self.mix = float(player.mix) if self.second_clip else 0.5

    def follow(self, entity: str) -> None:
        """Know the clips that the model has now."""
        session = self.window.host.session
        animator, handle = session.world.resource(Animator), session.entity(entity)
        self.names = animator.clip_names(handle)
        self._lengths = {name: animator.duration_secs(handle, name) for name in self.names}
        if self.clip not in self.names:
            self.clip = self.names[0] if self.names else ""
        if self.second_clip not in self.names:
            self.second_clip = ""

    @property
    def length_secs(self) -> float:
        """Of the clip that is looked at; a second one is in step with it."""
        return self._lengths.get(self.clip, 0.0)

    def shown(self) -> list[tuple[str, float]]:
        """Clips of the timeline, with their lengths there."""
        found = [(self.clip, self.length_secs)] if self.clip else []
        return [*found, (self.second_clip, self.length_secs)] if self.second_clip else found

    def looks(self) -> dict[str, Any]:
        """What the preview is told."""
        return {"clip": self.clip, "second_clip": self.second_clip, "mix": self.mix if self.second_clip else 0.0}

    def draw(self, entity: str) -> bool:
        """The bar; True when something else is to be looked at."""
        unit, t = imgui.get_font_size(), self.window.t
        before = (self.clip, self.second_clip, self.mix)
        imgui.align_text_to_frame_padding()
        imgui.text_disabled(t("Clip"))
        imgui.same_line()
        self.clip = self._combo("clip", self.clip, {name: name for name in self.names}, unit * 9)
        imgui.set_item_tooltip(t("Clip of the model"))
        imgui.same_line(0, unit)
        imgui.text_disabled(t("Mixed with"))
        imgui.same_line()
        others = {"": t("None")} | {name: name for name in self.names if name != self.clip}
        if self.second_clip == self.clip:
            self.second_clip = ""
        self.second_clip = self._combo("second clip", self.second_clip, others, unit * 9)
        imgui.set_item_tooltip(t("A second clip, in step with the first"))
        imgui.same_line()
        imgui.begin_disabled(not self.second_clip)
        self._mix_slider(unit * 9)
        imgui.end_disabled()
        imgui.set_item_tooltip(t("Share of the second clip"))
        imgui.same_line(0, unit)
        if imgui.button(f"{icon('play', t('Play it in the world'))}###give"):
            self.window.shell.later(partial(self._give, entity))
        imgui.set_item_tooltip(t("The entity plays this clip, and this mix, when the world runs"))
        return before != (self.clip, self.second_clip, self.mix)

    def _mix_slider(self, width: float) -> None:
        """Filled as far as the share goes; pressing and dragging sets it."""
        theme, style, unit = self.window.theme, imgui.get_style(), imgui.get_font_size()
        start, height = imgui.get_cursor_screen_pos(), imgui.get_frame_height()
        imgui.invisible_button("###mix", (width, height))
        if imgui.is_item_active():
            self.mix = min(max((imgui.get_io().mouse_pos.x - start.x) / width, 0.0), 1.0)
        draw, alpha, share = imgui.get_window_draw_list(), style.alpha, self.mix if self.second_clip else 0.0
        ground = theme.pack("hover" if imgui.is_item_hovered() else "raised", alpha)
        draw.add_rect_filled(start, (start.x + width, start.y + height), ground, style.frame_rounding)
        if share > 0.01:
            filled = (start.x + width * share, start.y + height)
            draw.add_rect_filled(start, filled, theme.pack("accent_soft", alpha), style.frame_rounding)
        text = f"{share:.0%}"
        middle = start.x + (width - imgui.calc_text_size(text).x) / 2
        draw.add_text((middle, start.y + (height - unit) / 2), theme.pack("text", alpha), text)

    def _combo(self, name: str, value: str, choices: dict[str, str], width: float) -> str:
        if begin_combo(self.window, f"###{name}", choices.get(value, value), width):
            for each, title in choices.items():
                if imgui.selectable(f"{title}###{name} {each}", each == value)[0]:
                    value = each
            imgui.end_combo()
        return value

    def _give(self, entity: str) -> None:
        """Keep what is looked at in the entity's player."""
        window = self.window
        fields = {"clip": self.clip, "second_clip": self.second_clip, "mix": round(self.mix, 3) if self.second_clip else 0.0}
        session = window.host.session
        if session.world.has(session.entity(entity), AnimationPlayer):
            window.do("component.set", component="animation_player", fields=fields, entities=[entity])
        else:
            window.do("component.add", component="animation_player", fields=fields, entities=[entity])
