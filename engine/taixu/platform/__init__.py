"""Window, input and sound of the machine: the only package that imports pyglet.

Everything that comes from the outside becomes an `InputEvent`, and everything that reads it asks the `Input`
resource; so a test, a replay or a remote player injects events and the world cannot tell. A `Platform` is
what the events come from: a `WindowPlatform` on a desktop, a `HeadlessPlatform` on a server, both driven by
one `PlatformPlugin`.
"""

from __future__ import annotations

from taixu.platform.actions import Action, ActionState, InputMap
from taixu.platform.audio_device import AudioDevice, NullAudioDevice, PygletAudioDevice, open_audio_device
from taixu.platform.events import (
    AnswerEvent,
    ChatEvent,
    CloseEvent,
    FileDropEvent,
    FocusEvent,
    InputEvent,
    KeyEvent,
    MouseButtonEvent,
    MouseMoveEvent,
    PadAxisEvent,
    PadButtonEvent,
    ResizeEvent,
    StoredEvent,
    TextEvent,
    WheelEvent,
    WidgetEvent,
    event_from_data,
    event_to_data,
)
from taixu.platform.input import Edges, Input
from taixu.platform.platforms import HeadlessPlatform, InputRecorder, Platform, WindowPlatform
from taixu.platform.plugin import PlatformPlugin
from taixu.platform.window import Window

__all__ = [
    "Action",
    "ActionState",
    "AnswerEvent",
    "AudioDevice",
    "ChatEvent",
    "CloseEvent",
    "Edges",
    "FileDropEvent",
    "FocusEvent",
    "HeadlessPlatform",
    "Input",
    "InputEvent",
    "InputMap",
    "InputRecorder",
    "KeyEvent",
    "MouseButtonEvent",
    "MouseMoveEvent",
    "NullAudioDevice",
    "PadAxisEvent",
    "PadButtonEvent",
    "Platform",
    "PlatformPlugin",
    "PygletAudioDevice",
    "ResizeEvent",
    "StoredEvent",
    "TextEvent",
    "WheelEvent",
    "WidgetEvent",
    "Window",
    "WindowPlatform",
    "event_from_data",
    "event_to_data",
    "open_audio_device",
]
