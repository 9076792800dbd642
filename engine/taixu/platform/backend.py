"""How pyglet is imported and pumped: the few lines that windows, gamepads and sound share."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["import_pyglet", "pump", "wake_pump"]


_started: set[int] = set()
"""Event loops of pyglet (its own singleton, one a process) that were started."""


def import_pyglet(name: str) -> Any:
    """Return a module of pyglet ("window", "media.drivers"), configured.

    No shadow window (it would need a screen as soon as anything is imported) and no GL error checks after
    each call: all drawing is done by the renderer.
    """
    import pyglet

    pyglet.options.shadow_window = False
    pyglet.options.debug_gl = False
    return import_module(f"pyglet.{name}")


def pump(wait_secs: float = 0.0) -> None:
    """Let pyglet hand out what waits: device events, ends of sounds; main thread only.

    Where nothing waits it blocks for `wait_secs` at most, until something comes.
    """
    loop = import_pyglet("app").platform_event_loop
    if id(loop) not in _started:
        loop.start()
        _started.add(id(loop))
    import_pyglet("clock").tick()
    loop.step(wait_secs)


def wake_pump() -> None:
    """Let a `pump` that waits come back at once, or the next one not wait; from any thread."""
    loop = import_pyglet("app").platform_event_loop
    if id(loop) in _started:
        loop.notify()
