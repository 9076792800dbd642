"""What views are drawn with: everything, a tier of the user's choice, or the best one that this machine draws in time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from taixu.render.quality import BUDGET_MS
from taixu.render.quality.measuring import best_tier, costs_at, kept_costs, tier_costs

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["QUALITY_TITLES", "ViewQuality"]

QUALITY_TITLES = {
    "full": "Everything", "auto": "Automatic", "low": "Low quality", "medium": "Medium quality", "high": "High quality",
    "cinematic": "Cinematic quality",
}  # fmt: skip
"""Choices of the settings; "full" is what stills have."""


class ViewQuality:
    """Follows the user's settings.

    Attributes
    ----------
    name
        What a `View` takes as its quality: a tier, or "full".
    costs
        Milliseconds by tier, where it is known how fast this machine draws.
    """

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.name = "full"
        self.costs: dict[str, float] = {}
        self._is_asked = False

    def follow(self) -> None:
        """Settings have changed: where the best tier is wanted and nothing is known of the machine yet, it is measured."""
        wanted = self._window.shell.settings.quality
        if wanted != "auto":
            self.name = wanted
            return
        self.costs = self.costs or kept_costs(self._window.device) or {}
        if self.costs:
            self._choose()
        elif not self._is_asked:
            self._is_asked = True
            self._window.shell.later(self._measure, says=self._window.t("Measuring how fast this machine draws"))

    def measure_again(self) -> None:
        """Before the next frame; what came out before is forgotten."""
        self._window.shell.later(partial(self._measure, again=True), says=self._window.t("Measuring how fast this machine draws"))

    def told(self) -> str:
        """What was measured, and what follows from it, in the user's language; empty where nothing was."""
        t = self._window.t
        if not self.costs:
            return ""
        seen = costs_at(self.costs, self._window.window.framebuffer_size)
        each = ", ".join(f"{t(QUALITY_TITLES[name])} {ms:.0f} ms" for name, ms in seen.items())
        return t("{chosen}. A frame that fills the window takes about: {costs}; at most {limit} ms are wanted.",
                 chosen=t(QUALITY_TITLES[self._best()]), costs=each, limit=round(BUDGET_MS))  # fmt: skip

    def _measure(self, *, again: bool = False) -> None:
        self._is_asked = False
        self.costs = tier_costs(self._window.device, again=again)
        if self._window.shell.settings.quality == "auto":
            self._choose()

    def _choose(self) -> None:
        self.name = self._best()

    def _best(self) -> str:
        return best_tier(self.costs, self._window.window.framebuffer_size)
