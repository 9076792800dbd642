"""Which buttons of the mouse move cameras, as different editors have it; named like the presets of keys."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CUSTOMS", "Customs"]

Press = tuple[str, str]
"""A button ("left", "middle", "right") and the one modifier held with it ("", "shift", "ctrl", "alt")."""


@dataclass(frozen=True)
class Customs:
    """What moves a camera.

    Attributes
    ----------
    orbit, pan, dolly, look
        Presses that turn around what is looked at, move sideways, come nearer, and look around from where one stands.
    flies_always
        Whether W A S D Q E fly without a button, wherever the pointer is over the view.
    shift_speed
        How much faster Shift flies.
    """

    orbit: tuple[Press, ...]
    pan: tuple[Press, ...]
    dolly: tuple[Press, ...] = ()
    look: tuple[Press, ...] = (("right", ""), ("right", "shift"))
    flies_always: bool = False
    shift_speed: float = 4.0

    def meaning(self, button: str, *, shift: bool, ctrl: bool, alt: bool) -> str:
        """"orbit", "pan", "dolly", "look", or nothing, for a press of a button."""
        held = [name for name, is_held in (("shift", shift), ("ctrl", ctrl), ("alt", alt)) if is_held]
        press = (button, "+".join(held))
        return next((way for way in ("orbit", "pan", "dolly", "look") if press in getattr(self, way)), "")


_WITH_THREE = Customs(
    orbit=(("middle", ""), ("left", "alt")), pan=(("middle", "shift"), ("left", "shift+alt")),
    dolly=(("middle", "ctrl"), ("left", "ctrl+alt"), ("right", "alt")),
)  # fmt: skip

CUSTOMS: dict[str, Customs] = {
    "taixu": _WITH_THREE,
    "godot": _WITH_THREE,
    "blender": _WITH_THREE,
    "unity": Customs(
        orbit=(("left", "alt"),), pan=(("middle", ""), ("middle", "alt"), ("left", "ctrl+alt")), dolly=(("right", "alt"),)
    ),
    "roblox": Customs(
        orbit=(("left", "alt"), ("right", "alt")), pan=(("middle", ""), ("middle", "shift")), flies_always=True, shift_speed=0.25
    ),
}  # fmt: skip
"""By preset."""
