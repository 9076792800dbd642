"""Playing in a window: its part of the toolbar, leaving the player's camera, and the offer to keep what was changed."""

from __future__ import annotations

from functools import partial
from itertools import islice, takewhile
from time import monotonic
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.defaults.drawing import main_camera
from taixu.edit import Done, Nothing, Operation, Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from taixu_editor.host import Host
    from taixu_editor.window import EditorWindow

__all__ = ["PlayBar"]

SPEEDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
_OFFER_SECS = 15.0
_SILENT_SECS = 2.0
"""So long after an error of a script the next one is told in the log alone."""
_LOOKED_AT, _LONGEST = 600, 220
_SLOWEST, _FASTEST = 0.01, 100.0


class PlayBar:
    """What surrounds play in a window."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._heard, self._heard_at, self._silent_until = -1, 0.0, 0.0
        operations = window.host.operations
        operations.add(
            Operation("play.eject", "Leave the player's camera, or go back to it", run=self._eject, blocked=self._no_player),
            Operation("play.offer", "Keep changes of play...", run=self._offer, blocked=self._no_offer),
            is_logged=False,
        )
        operations.on_done.append(self._done)

    # -- operations --------------------------------------------------------------------------------------------------
    @property
    def is_ejected(self) -> bool:
        """Whether one looks around while it plays."""
        view = self._player_view
        return self._window.host.play.is_playing and view is not None and not view.game.is_wanted

    @property
    def _player_view(self) -> Any:
        """The view that the player looks through."""
        return next((panel for panel in self._window.panels if panel.id == "viewport"), None)

    def _eject(self, host: Host, _: Nothing) -> None:
        view = self._player_view
        if view is not None:
            view.game.turn()

    def _no_player(self, session: Session) -> str:
        if not self._window.host.play.is_playing:
            return "nothing is played"
        return "this world has no camera to play by" if main_camera(session.world) is None else ""

    def _offer(self, host: Host, _: Nothing) -> None:
        from taixu_editor.keep_dialog import KeepDialog

        play = host.play
        changes = play.changes() if play.is_playing else play.offer.changes if play.offer is not None else None
        if changes is not None and changes.items:
            self._window.shell.dialogs.open(KeepDialog(self._window, changes))
        else:
            self._window.shell.toasts.say(self._window.t("Playing has changed nothing."))

    def _no_offer(self, session: Session) -> str:
        play = self._window.host.play
        if play.is_playing:
            return ""
        is_open = play.offer is not None and session.worlds and session.current is play.offer.world
        return "" if is_open else "there are no changes of play"

    def _done(self, done: Done) -> None:
        toasts, t, offer = self._window.shell.toasts, self._window.t, self._window.host.play.offer
        if done.operation == "play.start":  # what is played is what is written
            for panel in self._window.panels:
                panel.save_all()
            self._window.shell.later(partial(self._window.shell.show_panel, "viewport"))
        elif done.operation == "play.stop" and offer is not None and offer.changes.edited:
            count = len(offer.changes.edited)
            text = t("1 change made while playing") if count == 1 else t("{count} changes made while playing", count=count)
            act = partial(self._window.shell.later, partial(self._window.do, "play.offer"))
            toasts.say(text, action="Keep...", act=act, secs=_OFFER_SECS)
        elif done.operation in ("play.keep", "play.keep_selected"):
            count = int(done.result or 0)
            text = t("1 change is kept") if count == 1 else t("{count} changes are kept", count=count)
            toasts.say(text if count else t("Playing has changed nothing."), "success" if count else "info")

    def frame(self) -> None:
        """Say where one looks what stops a script, and that one which was saved runs anew; the log has all of it."""
        window, log = self._window, self._window.log
        self._leave_keys()
        if log.version == self._heard:
            return
        self._heard = log.version
        fresh = list(takewhile(lambda line: line.at > self._heard_at, islice(reversed(log.lines), _LOOKED_AT)))
        if not fresh:
            return
        self._heard_at = fresh[0].at
        error = next((each for each in fresh if each.level == "error" and each.source == "script" and each.file), None)
        reloaded = next((each for each in fresh if each.topic == "reload" and each.level != "error"), None)
        if error is not None and monotonic() >= self._silent_until:
            self._silent_until = monotonic() + _SILENT_SECS
            act = partial(window.open_script, error.file, error.line)
            window.shell.toasts.say(_shortened(error.text), "error", action="Show line", act=act)
        elif reloaded is not None and error is None and not self._is_writing():
            window.shell.toasts.say(window.t("{path} runs anew", path=reloaded.text.split(" is reloaded")[0]), "success")

    def _leave_keys(self) -> None:
        """While the player has the keyboard, arrows, Tab and Space are his, and walk through no buttons."""
        view, io = self._player_view, imgui.get_io()
        if view is not None and view.takes_keys:
            io.config_flags &= ~imgui.ConfigFlags_.nav_enable_keyboard
        else:
            io.config_flags |= imgui.ConfigFlags_.nav_enable_keyboard

    def _is_writing(self) -> bool:
        """Whether the user writes in the panel of scripts, which says itself what became of one."""
        return any(panel.id == "scripts" and panel.keyboard_frame >= imgui.get_frame_count() - 1 for panel in self._window.panels)

    # -- the toolbar -------------------------------------------------------------------------------------------------
    @property
    def width(self) -> float:
        """Of its buttons, in heights of the text."""
        return 17.0 if self._window.host.play.is_playing else 6.0

    def draw(self, button: Callable[..., None]) -> None:
        """Lay out buttons in a row; `button` is the toolbar's."""
        window, play, t = self._window, self._window.host.play, self._window.t
        if play.is_playing:
            button(window, "play.stop", "stop", is_on=True)
            button(window, "play.pause", "pause", is_on=play.is_paused)
            button(window, "play.step", "step")
            button(window, "play.eject", "eye", is_on=self.is_ejected)
        else:
            button(window, "play.start", "play", is_main=True)
        self._draw_speed()
        if play.is_playing:
            minutes, secs = divmod(play.now_secs, 60)
            imgui.same_line(0, imgui.get_font_size() * 0.7)
            imgui.align_text_to_frame_padding()
            imgui.text_colored(window.theme.warning if play.is_paused else window.theme.accent, f"{int(minutes)}:{secs:04.1f}")
            imgui.set_item_tooltip(t("You play a copy: stopping brings back the world as it was"))

    def _draw_speed(self) -> None:
        window, play, t = self._window, self._window.host.play, self._window.t
        is_other = abs(play.speed - 1) > 1e-6
        if is_other:
            imgui.push_style_color(imgui.Col_.text, window.theme.warning)
        if imgui.button(f"{play.speed:g}×###speed"):
            imgui.open_popup("###speeds")
        if is_other:
            imgui.pop_style_color()
        imgui.set_item_tooltip(t("Time scale"))
        if not imgui.begin_popup("###speeds"):
            return
        imgui.text_disabled(t("Time scale"))
        for i, speed in enumerate(SPEEDS):
            if i % 4:
                imgui.same_line()
            if imgui.radio_button(f"{speed:g}×", abs(play.speed - speed) < 1e-9):
                window.do("play.speed", speed=speed)
        imgui.set_next_item_width(imgui.get_font_size() * 14)
        flags = imgui.SliderFlags_.logarithmic | imgui.SliderFlags_.always_clamp
        changed, speed = imgui.drag_float("###own speed", play.speed, 0.01, _SLOWEST, _FASTEST, "%.2f×", flags)
        if changed:
            play.speed = speed
        imgui.end_popup()


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
