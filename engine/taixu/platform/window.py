"""`Window`: a desktop window with an OpenGL 4.3 core context.

It turns what its user does into input events.

The renderer attaches to the context that is current after `make_current()`; this module draws nothing.
"""

from __future__ import annotations

import os
from typing import Any

from taixu.errors import MachineError, UsageError
from taixu.platform.backend import import_pyglet
from taixu.platform.events import (
    CloseEvent,
    FileDropEvent,
    FocusEvent,
    InputEvent,
    KeyEvent,
    MouseButtonEvent,
    MouseMoveEvent,
    ResizeEvent,
    TextEvent,
    WheelEvent,
)
from taixu.platform.keys import MOUSE_BUTTONS, key_name

__all__ = ["Window"]


class Window:
    """A window on the desktop.

    Parameters
    ----------
    title : str
        Text of the title bar.
    size : (int, int)
        Width and height in window units.
    fullscreen, vsync, visible, resizable : bool
        As they say.
    samples : int
        Samples per pixel of the window's own framebuffer; the renderer has its own antialiasing, so 0 by
        default.
    instead : str
        What to do where no window can be had, for the sentence that says so.
    pixel_scale : float, optional
        Pixels to the window unit, 0.5 to 4, in place of the screen's own: what a screen of finer dots shows can be tried on
        any. By default the environment's ``TAIXU_PIXEL_SCALE``, or the screen's.

    Raises
    ------
    MachineError
        If there is no screen, or its driver has no OpenGL 4.3 core context.
    UsageError
        If the scale is none.
    """

    def __init__(
        self,
        title: str = "Taixu",
        *,
        size: tuple[int, int] = (1280, 720),
        fullscreen: bool = False,
        vsync: bool = True,
        visible: bool = True,
        resizable: bool = True,
        samples: int = 0,
        instead: str = "run with --headless",
        pixel_scale: float | None = None,
    ) -> None:
        self._forced_scale = _scale_from_environment() if pixel_scale is None else _checked_scale(pixel_scale)
        if self._forced_scale is not None:
            size = round(size[0] * self._forced_scale), round(size[1] * self._forced_scale)
        self._events: list[InputEvent] = []
        self._captured = False
        self._window = self._open(title, size, fullscreen, vsync, visible, resizable, samples, instead)
        self._pointer = (0.0, 0.0)
        # push_handlers goes before the class's own handlers, which would close on Escape and set the viewport
        self._window.push_handlers(**{name: getattr(self, "_" + name) for name in _HANDLERS})

    def _open(
        self,
        title: str,
        size: tuple[int, int],
        fullscreen: bool,
        vsync: bool,
        visible: bool,
        resizable: bool,
        samples: int,
        instead: str,
    ) -> Any:
        try:
            gl, window = import_pyglet("gl"), import_pyglet("window")
        except Exception as error:  # the loader of libGL raises ImportError, OSError and worse
            raise MachineError(
                f"this machine has no usable OpenGL library ({error}); install one, or {instead}"
            ) from None
        config = gl.Config(
            double_buffer=True,
            depth_size=0,
            major_version=4,
            minor_version=3,
            forward_compatible=True,
            sample_buffers=1 if samples else 0,
            samples=samples,
        )
        width, height = size
        try:
            return window.Window(
                None if fullscreen else width,
                None if fullscreen else height,
                caption=title,
                resizable=resizable,
                fullscreen=fullscreen,
                visible=visible,
                vsync=vsync,
                file_drops=True,
                config=config,
            )
        except Exception as error:  # each operating system raises classes of its own
            if "Display" in type(error).__name__:
                raise MachineError(f"there is no screen to open a window on ({error}); {instead}") from None
            raise MachineError(
                f"the screen's driver gives no OpenGL 4.3 core context ({error}); "
                f"update the graphics driver, or {instead}"
            ) from None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in window units."""
        width, height = self._window.get_size()
        return round(width / self._unit), round(height / self._unit)

    @property
    def framebuffer_size(self) -> tuple[int, int]:
        """Width and height in pixels; what the renderer's viewport covers."""
        width, height = self._window.get_framebuffer_size()
        return int(width), int(height)

    @property
    def pixel_scale(self) -> float:
        """Pixels to the window unit, by which positions of the mouse are multiplied; setting it keeps the size in units."""
        return self._own_scale if self._forced_scale is None else self._forced_scale

    @pixel_scale.setter
    def pixel_scale(self, scale: float) -> None:
        width, height = self.size
        self._forced_scale = _checked_scale(scale)
        self.resize(width, height)

    @property
    def _own_scale(self) -> float:
        """Pixels to the desktop's unit."""
        return self.framebuffer_size[0] / max(1, int(self._window.get_size()[0]))

    @property
    def _unit(self) -> float:
        """The desktop's units to ours: one, unless a scale was asked for."""
        return 1.0 if self._forced_scale is None else self._forced_scale / self._own_scale

    @property
    def interface_scale(self) -> float:
        """How much larger, in window units, than at 96 dots to the inch an interface should be drawn.

        Some desktops make the unit itself larger (macOS, Wayland): nothing is left to be done then. Others count pixels.
        """
        return max(1.0, float(self._window.scale) / self.pixel_scale)

    @property
    def title(self) -> str:
        """Text of the title bar."""
        return str(self._window.caption)

    @title.setter
    def title(self, text: str) -> None:
        self._window.set_caption(text)

    @property
    def fullscreen(self) -> bool:
        """Whether the window covers its screen."""
        return bool(self._window.fullscreen)

    @fullscreen.setter
    def fullscreen(self, on: bool) -> None:
        if on != self.fullscreen:
            self._window.set_fullscreen(on)

    @property
    def vsync(self) -> bool:
        """Whether `swap` waits for the screen."""
        return bool(self._window.vsync)

    @vsync.setter
    def vsync(self, on: bool) -> None:
        self._window.set_vsync(on)

    @property
    def cursor_captured(self) -> bool:
        """Whether the pointer is hidden and held, and only its motion is reported."""
        return self._captured

    @cursor_captured.setter
    def cursor_captured(self, on: bool) -> None:
        if on != self._captured:
            self._window.set_exclusive_mouse(on)
            self._captured = on

    @property
    def clipboard(self) -> str:
        """The desktop's clipboard, as text."""
        return str(self._window.get_clipboard_text())

    @clipboard.setter
    def clipboard(self, text: str) -> None:
        self._window.set_clipboard_text(text)

    @property
    def is_open(self) -> bool:
        """Whether `close` has not been called."""
        return self._window.context is not None

    def make_current(self) -> None:
        """Make the window's OpenGL context the current one of this thread."""
        self._window.switch_to()

    def swap(self) -> None:
        """Show what was drawn."""
        self._window.flip()

    def show(self, visible: bool = True) -> None:
        """Show or hide the window."""
        self._window.set_visible(visible)

    def resize(self, width: int, height: int) -> None:
        """Ask the desktop for another size, in window units."""
        self._window.set_size(round(width * self._unit), round(height * self._unit))

    def close(self) -> None:
        """Destroy the window and its context; idempotent."""
        if self.is_open:
            self.cursor_captured = False
            self._window.close()

    def poll(self) -> list[InputEvent]:
        """Return the events since the last poll; never waits."""
        if self.is_open:
            self._window.dispatch_events()
        events, self._events = self._events, []
        return events

    # Handlers of pyglet: its y axis points up from the bottom, ours down from the top.

    def _on_close(self) -> bool:
        self._events.append(CloseEvent())
        return True

    def _on_key_press(self, symbol: int, modifiers: int) -> bool:
        return self._key(symbol, True)

    def _on_key_release(self, symbol: int, modifiers: int) -> bool:
        return self._key(symbol, False)

    def _key(self, symbol: int, down: bool) -> bool:
        symbol_string = import_pyglet("window.key").symbol_string
        self._events.append(KeyEvent(key_name(symbol_string(symbol)), down))
        return True

    def _on_text(self, text: str) -> bool:
        printable = "".join(c for c in text.replace("\r", "\n") if c == "\n" or c.isprintable())
        if printable:
            self._events.append(TextEvent(printable))
        return True

    def _place(self, x: float, y: float) -> tuple[float, float]:
        """Of pyglet's numbers, in our units from the upper left."""
        return x / self._unit, (float(self._window.get_size()[1]) - y) / self._unit

    def _move(self, x: float, y: float, dx: float, dy: float) -> bool:
        if not self._captured:
            self._pointer = self._place(x, y)
        self._events.append(MouseMoveEvent(*self._pointer, dx / self._unit, -dy / self._unit))
        return True

    def _on_mouse_motion(self, x: int, y: int, dx: int, dy: int) -> bool:
        return self._move(x, y, dx, dy)

    def _on_mouse_drag(self, x: int, y: int, dx: int, dy: int, buttons: int, modifiers: int) -> bool:
        return self._move(x, y, dx, dy)

    def _on_mouse_press(self, x: int, y: int, button: int, modifiers: int) -> bool:
        return self._mouse_button(x, y, button, True)

    def _on_mouse_release(self, x: int, y: int, button: int, modifiers: int) -> bool:
        return self._mouse_button(x, y, button, False)

    def _mouse_button(self, x: float, y: float, button: int, down: bool) -> bool:
        if not self._captured and self._place(x, y) != self._pointer:
            self._move(x, y, 0, 0)  # a touch or a remote desktop clicks without moving first
        self._events.append(MouseButtonEvent(MOUSE_BUTTONS.get(button, f"button{button}"), down))
        return True

    def _on_mouse_scroll(self, x: int, y: int, scroll_x: float, scroll_y: float) -> bool:
        self._events.append(WheelEvent(float(scroll_x), float(scroll_y)))
        return True

    def _on_resize(self, width: int, height: int) -> bool:
        self._events.append(ResizeEvent(round(width / self._unit), round(height / self._unit), self.pixel_scale))
        return True

    def _on_activate(self) -> bool:
        self._events.append(FocusEvent(True))
        return True

    def _on_deactivate(self) -> bool:
        self._events.append(FocusEvent(False))
        return True

    def _on_file_drop(self, x: int, y: int, paths: list[str]) -> bool:
        self._events.append(FileDropEvent(*self._place(x, y), tuple(paths)))
        return True


def _checked_scale(scale: float) -> float:
    if not 0.5 <= scale <= 4.0:
        raise UsageError(f"a window has 0.5 to 4 pixels to the unit, not {scale!r:.40}")
    return float(scale)


def _scale_from_environment() -> float | None:
    text = os.environ.get("TAIXU_PIXEL_SCALE", "")
    try:
        return _checked_scale(float(text)) if text else None
    except ValueError:
        raise UsageError(f"TAIXU_PIXEL_SCALE is pixels to the window unit, such as 2, not {text!r:.40}") from None


_HANDLERS = [name[1:] for name in vars(Window) if name.startswith("_on_")]
