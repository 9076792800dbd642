"""Flows: what a person does in the editor with mouse and keys, written down. They live in ``tests/ui/flows``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["FLOWS", "Flow", "Hand", "flow"]

FLOWS: dict[str, Flow] = {}
Rectangle = tuple[float, float, float, float]
"""x, y, width and height in window units."""


@dataclass(frozen=True)
class Flow:
    """A flow by name, the world that is open when it begins, and the pixels to the unit of the screen that it is played on."""

    name: str
    play: Callable[[Hand], None]
    world: str = ""
    pixel_scale: float = 1.0


def flow(world: str = "", *, pixel_scale: float = 1.0) -> Callable[[Callable[[Hand], None]], Callable[[Hand], None]]:
    """Declare a function as a flow; it is named like the function."""

    def declare(function: Callable[[Hand], None]) -> Callable[[Hand], None]:
        assert function.__name__ not in FLOWS, f"two flows are called {function.__name__}"
        FLOWS[function.__name__] = Flow(function.__name__, function, world, pixel_scale)
        return function

    return declare


@dataclass
class Hand:
    """Mouse and keys. References are Dear ImGui's paths: ``//Window/child/label``; ``**/label`` looks everywhere.

    What a flow expects it asserts on `window` and `host`; it changes nothing but by its hands.
    """

    window: Any
    folder: Path
    context: Any = None
    pictures: dict[str, str] = field(default_factory=dict)
    _wanted: list[tuple[str, str, tuple[Rectangle, ...]]] = field(default_factory=list)

    @property
    def host(self) -> Any:
        """The editor's state."""
        return self.window.host

    @property
    def session(self) -> Any:
        """The open project's session."""
        return self.window.host.session

    def wait(self, frames: int = 2) -> None:
        """Let frames go by."""
        self.context.yield_(frames)

    def click(self, ref: str, *, button: int = 0, twice: bool = False) -> None:
        """Click an item."""
        if twice:
            self.context.item_double_click(ref)
        else:
            self.context.item_click(ref, button)
        self._check()

    def menu(self, path: str) -> None:
        """Choose an entry of the menu bar: ``Edit/Duplicate``."""
        self.context.menu_click(f"//##MainMenuBar/{path}")
        self._check()

    def move(self, x: float, y: float) -> None:
        """Move the pointer to a place of the window."""
        self.context.mouse_move_to_pos((x, y))

    def click_at(self, x: float, y: float, *, button: int = 0) -> None:
        """Click a place of the window."""
        self.move(x, y)
        self.context.mouse_click(button)
        self.wait()

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, button: int = 0, steps: int = 6) -> None:
        """Press, move, let go."""
        self.move(*start)
        self.context.mouse_down(button)
        for i in range(1, steps + 1):
            self.move(*(a + (b - a) * i / steps for a, b in zip(start, end, strict=True)))
            self.wait(1)
        self.context.mouse_up(button)
        self.wait()

    def keys(self, chord: str) -> None:
        """Press keys together: ``Ctrl+Shift+Z``, ``F2``, ``Delete``."""
        self.context.key_press(_chord(chord))
        self.wait()

    def type(self, text: str, *, enter: bool = False) -> None:
        """Type text into what has the keyboard, in place of what is there."""
        if enter:
            self.context.key_chars_replace_enter(text)
        else:
            self.context.key_chars_replace(text)
        self.wait()

    def input(self, ref: str, text: str) -> None:
        """Type into a field and press Enter."""
        self.context.item_input_value(ref, text)
        self._check()

    def exists(self, ref: str) -> bool:
        """Whether an item is there now."""
        return bool(self.context.item_exists(ref))

    def picture(self, name: str, *, panel: str = "", hide: tuple[Rectangle, ...] = ()) -> None:
        """Take a picture of the window, or of one panel of it (by id), to be compared with a golden one.

        Rectangles of the window that `hide` names are painted over: what they show is another each time (times, loads).
        """
        while self.window.renderer.lighting.skies.is_making:
            self.wait(1)
        self._wanted.append((name, panel, hide))
        self.wait(2)

    @property
    def wants_pictures(self) -> bool:
        """Whether the present frame is to be taken."""
        return bool(self._wanted)

    def take_pictures(self) -> None:
        """Write pictures that are wanted (the stage calls this after a frame)."""
        from PIL import Image

        for name, panel, hidden in self._wanted:
            device, size = self.window.device, self.window.window.framebuffer_size
            self.window.window.make_current()
            pixels = device.read_pixels(device.window_targets(size), 0, (0, 0, *size))[::-1]
            path = self.folder / f"{name}.png"
            scale = self.window.window.pixel_scale
            pixels = pixels.copy()
            for area in hidden:
                x, y, wide, tall = (max(round(v * scale), 0) for v in area)
                pixels[y : y + tall, x : x + wide] = pixels[max(y - 1, 0), max(x - 1, 0)]
            if panel:
                pixels = pixels[self._rows_and_columns(panel)]
            Image.fromarray(pixels[..., :3].copy()).save(path)
            self.pictures[name] = str(path)
        self._wanted.clear()

    def _rows_and_columns(self, panel: str) -> tuple[slice, slice]:
        from imgui_bundle import imgui

        found = imgui.internal.find_window_by_name(f"###{panel}") or imgui.internal.find_window_by_name(panel)
        scale = self.window.window.pixel_scale
        x, y, wide, tall = (int(v * scale) for v in (found.pos.x, found.pos.y, found.size.x, found.size.y))
        edge = int(2 * scale) if found.flags & imgui.WindowFlags_.popup else 0  # what is behind is seen at round corners
        return slice(y + edge, y + tall - edge), slice(x + edge, x + wide - edge)

    def _check(self) -> None:
        assert not self.context.is_error(), "an item was not found; see the log"


def _chord(text: str) -> int:
    from taixu_editor.interface.keys import chord_of

    chord = chord_of(text.replace("Escape", "Esc") if text.endswith("Escape") else text)
    assert chord, f"no keyboard has {text}"
    return chord
