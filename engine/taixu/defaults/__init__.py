"""The engine put together: all plugins in an `App`, and the facades that programs meet first.

The only package that knows all others. Programs that want less build a `taixu.app.App` from the plugins they need.
"""

from __future__ import annotations

from taixu.defaults.app import App
from taixu.defaults.drawing import Drawing
from taixu.defaults.world import World

__all__ = ["App", "Drawing", "World"]
