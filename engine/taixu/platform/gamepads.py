"""Gamepads of the desktop, through pyglet's controllers; a machine without any costs nothing."""

from __future__ import annotations

from typing import Any

from taixu.platform.backend import import_pyglet
from taixu.platform.events import InputEvent, PadAxisEvent, PadButtonEvent
from taixu.platform.keys import PAD_BUTTONS

__all__ = ["Gamepads"]


class Gamepads:
    """All gamepads that were plugged in when this was made; those that cannot be opened are left out."""

    def __init__(self) -> None:
        self._events: list[InputEvent] = []
        self._controllers: list[Any] = []
        try:
            found = import_pyglet("input").get_controllers()
        except Exception:  # each operating system fails in its own way where there are no devices or no rights
            found = []
        for controller in found:
            try:
                controller.open()
            except Exception:
                continue
            self._bind(len(self._controllers), controller)
            self._controllers.append(controller)

    def __len__(self) -> int:
        return len(self._controllers)

    def poll(self) -> list[InputEvent]:
        """Return the events since the last poll; they arrive with the platform's own poll."""
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Let go of the devices."""
        for controller in self._controllers:
            controller.close()
        self._controllers.clear()

    def _bind(self, pad: int, controller: Any) -> None:
        emit = self._events_append
        hat: dict[str, bool] = {}

        def on_button(down: bool) -> Any:
            def emit_button(_c: Any, button: str) -> None:
                emit(PadButtonEvent(pad, PAD_BUTTONS.get(button, button), down))

            return emit_button

        def on_stick(_c: Any, stick: str, vector: Any) -> None:
            side = "left" if stick.startswith("left") else "right"
            emit(PadAxisEvent(pad, f"{side}_x", float(vector.x)))
            emit(PadAxisEvent(pad, f"{side}_y", float(vector.y)))

        def on_trigger(_c: Any, trigger: str, value: float) -> None:
            emit(PadAxisEvent(pad, "left_trigger" if trigger.startswith("left") else "right_trigger", float(value)))

        def on_dpad(_c: Any, vector: Any) -> None:
            state = {"left": vector.x < 0, "right": vector.x > 0, "down": vector.y < 0, "up": vector.y > 0}
            for button, down in state.items():
                if down != hat.get(button, False):
                    hat[button] = down
                    emit(PadButtonEvent(pad, button, down))

        controller.push_handlers(
            on_button_press=on_button(True),
            on_button_release=on_button(False),
            on_stick_motion=on_stick,
            on_trigger_motion=on_trigger,
            on_dpad_motion=on_dpad,
        )

    def _events_append(self, event: InputEvent) -> None:
        self._events.append(event)
