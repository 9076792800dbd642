"""How a mod is doing, in one line: for lists, and for who has to decide something about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from taixu.mods.granting import FUEL_PER_MS
from taixu_editor.mods.listing import ModEntry

if TYPE_CHECKING:
    from taixu.mods.loaded import LoadedMod
    from taixu_editor.texts import Texts

__all__ = ["ModState", "budget_ms", "millis_of", "state_of"]

Mood = Literal["good", "faint", "warning", "bad"]
"""A colour of the theme."""


@dataclass(frozen=True, slots=True)
class ModState:
    """A line, in the user's language, and how bad it is.

    Attributes
    ----------
    needs
        What would help: ``agree``, ``restart`` or nothing.
    word
        The same in a word, for lists; the line where there is none.
    """

    text: str
    mood: Mood
    needs: Literal["", "agree", "restart"] = ""
    word: str = ""


def state_of(
    t: Texts, entry: ModEntry | None, mod: LoadedMod | None, settings: Mapping[str, Any], *, refused: str = ""
) -> ModState:
    """The state of a mod that lies in the project, that runs, or both.

    Parameters
    ----------
    settings
        What the world says of mods.
    refused
        Why it was not loaded by the world that plays.
    """
    if mod is not None:
        return _running(t, mod)
    assert entry is not None
    if entry.needs_consent:
        if entry.requests and entry.denied:
            return ModState(t("Asks for more than was agreed to"), "warning", "agree")
        return ModState(t("Not agreed to yet"), "warning", "agree")
    if not entry.is_on(settings):
        return ModState(t("Off in this world"), "faint")
    if entry.why:
        return ModState(entry.why, "bad")
    return ModState(refused, "bad") if refused else ModState(t("Starts with play"), "faint")


def millis_of(mod: LoadedMod) -> NDArray[np.float64]:
    """What its latest steps took, in milliseconds."""
    return np.asarray(mod.cost.recent_micros, np.float64) / 1000.0


def budget_ms(mod: LoadedMod) -> float:
    """Milliseconds a step that it may take, on the machine that fuel is counted for."""
    return mod.grants.fuel / FUEL_PER_MS


def _running(t: Texts, mod: LoadedMod) -> ModState:
    match mod.status:
        case "stopped":
            return ModState(mod.fault, "bad", "restart", t("Stopped"))
        case "off":
            return ModState(getattr(mod.boxed, "off_reason", "") or t("It is off"), "bad", "restart", t("Off"))
        case "paused":
            return ModState(t("Paused: it was above its budget too often"), "bad", "restart", t("Paused"))
        case "slowed":
            return ModState(t("Every second step: it was above its budget too often"), "warning", "restart", t("Slowed"))
    if mod.is_new or not mod.cost.steps:
        return ModState(t("Begins"), "faint")
    if mod.budget.level == 1:
        return ModState(t("Often above its budget"), "warning")
    return ModState(t("Runs"), "good")
