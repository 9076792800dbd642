"""What a window, a gamepad or a test can tell a world: small frozen events that survive JSON.

Positions are in window units from the top left corner, y downwards, as in every desktop toolkit;
`Window.scale` turns them into pixels. Names of keys and buttons are lower-case words (`taixu.platform.keys`),
never codes of an operating system, so that a recording made on one machine plays on another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

from taixu.errors import TaixuError

__all__ = [
    "AnswerEvent",
    "ChatEvent",
    "CloseEvent",
    "FileDropEvent",
    "FocusEvent",
    "InputEvent",
    "KeyEvent",
    "MouseButtonEvent",
    "MouseMoveEvent",
    "PadAxisEvent",
    "PadButtonEvent",
    "ResizeEvent",
    "StoredEvent",
    "TextEvent",
    "WheelEvent",
    "WidgetEvent",
    "event_from_data",
    "event_to_data",
]


@dataclass(frozen=True, slots=True)
class InputEvent:
    """Base of all input events; `kind` names the event in recordings."""

    kind: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class KeyEvent(InputEvent):
    """A key went down or up."""

    kind: ClassVar[str] = "key"
    key: str
    down: bool


@dataclass(frozen=True, slots=True)
class TextEvent(InputEvent):
    """Text was typed, after layout, dead keys and input method."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True, slots=True)
class MouseMoveEvent(InputEvent):
    """The pointer moved; while the cursor is captured, x and y stand still and only dx and dy speak."""

    kind: ClassVar[str] = "mouse_move"
    x: float
    y: float
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class MouseButtonEvent(InputEvent):
    """A mouse button ("left", "middle", "right", "back", "forward") went down or up."""

    kind: ClassVar[str] = "mouse_button"
    button: str
    down: bool


@dataclass(frozen=True, slots=True)
class WheelEvent(InputEvent):
    """The wheel turned; one notch is 1, y upwards away from the user."""

    kind: ClassVar[str] = "wheel"
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class PadButtonEvent(InputEvent):
    """A gamepad button went down or up."""

    kind: ClassVar[str] = "pad_button"
    pad: int
    button: str
    down: bool


@dataclass(frozen=True, slots=True)
class PadAxisEvent(InputEvent):
    """A stick or trigger moved: sticks in [-1, 1] with y upwards, triggers in [0, 1]."""

    kind: ClassVar[str] = "pad_axis"
    pad: int
    axis: str
    value: float


@dataclass(frozen=True, slots=True)
class FileDropEvent(InputEvent):
    """Files were dropped on the window at (x, y)."""

    kind: ClassVar[str] = "file_drop"
    x: float
    y: float
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResizeEvent(InputEvent):
    """The window changed: size in window units, `scale` pixels to the unit."""

    kind: ClassVar[str] = "resize"
    width: int
    height: int
    scale: float


@dataclass(frozen=True, slots=True)
class FocusEvent(InputEvent):
    """The window won or lost the keyboard; losing it releases everything held."""

    kind: ClassVar[str] = "focus"
    focused: bool


@dataclass(frozen=True, slots=True)
class CloseEvent(InputEvent):
    """The user asked to close the window."""

    kind: ClassVar[str] = "close"


@dataclass(frozen=True, slots=True)
class WidgetEvent(InputEvent):
    """A button on the screen was pressed, or a text written into a field; `owner` is who shows it."""

    kind: ClassVar[str] = "widget"
    owner: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ChatEvent(InputEvent):
    """A player said something."""

    kind: ClassVar[str] = "chat"
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerEvent(InputEvent):
    """A server answered what `owner` had asked; `status` is HTTP's, or 0 with an error where no answer came."""

    kind: ClassVar[str] = "answer"
    owner: str
    name: str
    status: int
    text: str
    error: str


@dataclass(frozen=True, slots=True)
class StoredEvent(InputEvent):
    """What `owner` had kept from earlier sessions, as JSON."""

    kind: ClassVar[str] = "stored"
    owner: str
    text: str


_LARGEST = 1e300
_KINDS: dict[str, type[InputEvent]] = {cls.kind: cls for cls in InputEvent.__subclasses__()}


def event_to_data(event: InputEvent) -> dict[str, Any]:
    """Return the event as JSON-able data, `{"kind": ..., field: value, ...}`."""
    data: dict[str, Any] = {"kind": event.kind}
    for name, value in asdict(event).items():
        data[name] = list(value) if isinstance(value, tuple) else value
    return data


def event_from_data(data: Mapping[str, Any]) -> InputEvent:
    """Return the event that `event_to_data` wrote.

    Raises
    ------
    TaixuError
        If the kind is unknown, a field is missing or a value has another type than the field.
    """
    cls = _KINDS.get(str(data.get("kind")))
    if cls is None:
        raise TaixuError(f"input event of kind {data.get('kind')!r} is unknown; use one of {', '.join(sorted(_KINDS))}")
    values: dict[str, Any] = {}
    for item in fields(cls):
        if item.name not in data:
            raise TaixuError(f"input event {cls.kind!r} lacks {item.name!r}; add it")
        values[item.name] = _convert(cls.kind, item.name, str(item.type), data[item.name])
    return cls(**values)


def _convert(kind: str, name: str, wanted: str, value: Any) -> Any:
    # The bound refuses infinities, NaNs and ints that no float can hold.
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST
    if (wanted == "bool" and isinstance(value, bool)) or (wanted == "str" and isinstance(value, str)):
        return value
    if wanted == "int" and number:
        return int(value)
    if wanted == "float" and number:
        return float(value)
    if wanted.startswith("tuple") and isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value):
        return tuple(value)
    raise TaixuError(f"input event {kind!r} has {value!r} as {name!r}; give it a {wanted}")
