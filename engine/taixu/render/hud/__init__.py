"""What scripts and mods put on the screen, drawn over the picture: texts, buttons, bars, fields, maps, the chat, and errors.

`Screen` is the one object that others use: it lays out what a world shows for a picture of a size, knows what lies under
the pointer, and turns clicks and keys into the acts of people (`taixu.script.players`). Layout needs no GPU. `HudFeature`
draws it in views whose settings say ``hud``; pictures that are averages of many frames get it afterwards, once
(`draw_over`). All of a screen is one instanced draw: rounded boxes and glyphs.

Letters come from the font that Pillow carries, so every machine shows the same; what it lacks (Chinese, accents) from the
machine's own fonts, where there are some. Each mod's things stand on a card of their own with the mod's id on it, which a mod
can neither leave out nor imitate.
"""

from __future__ import annotations

from taixu.render.hud.feature import HudFeature
from taixu.render.hud.overlay import draw_over
from taixu.render.hud.screen import Screen

__all__ = ["HudFeature", "Screen", "draw_over"]
