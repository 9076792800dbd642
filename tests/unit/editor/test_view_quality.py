"""What views are drawn with, without a window."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("imgui_bundle")

from taixu.render.quality import TIERS
from taixu_editor import view_quality
from taixu_editor.settings import Settings
from taixu_editor.texts import Texts
from taixu_editor.view_quality import QUALITY_TITLES, ViewQuality


class Window:
    """As much of one as is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, kept: dict[str, float] | None) -> None:
        self.device, self.t, self.window = object(), Texts(), SimpleNamespace(framebuffer_size=(640, 360))
        self.waiting: list[Callable[[], object]] = []
        self.said: list[str] = []
        self.shell = SimpleNamespace(settings=Settings(), later=self.later)
        self.measured: list[bool] = []
        monkeypatch.setattr(view_quality, "kept_costs", lambda _: kept)
        monkeypatch.setattr(view_quality, "tier_costs", self.measure)

    def later(self, act: Callable[[], object], *, says: str) -> None:
        self.waiting.append(act)
        self.said.append(says)

    def measure(self, device: object, *, again: bool) -> dict[str, float]:
        self.measured.append(again)
        return {"low": 4.0, "medium": 9.0, "high": 90.0}

    def quality(self, wanted: Any) -> ViewQuality:
        self.shell.settings.quality = wanted
        found = ViewQuality(self)  # type: ignore[arg-type]
        found.follow()
        return found


def test_there_is_a_title_for_everything_that_can_be_chosen() -> None:
    assert set(QUALITY_TITLES) == {"full", "auto", *TIERS}
    assert Settings().quality == "full"


@pytest.mark.parametrize("name", ["full", *TIERS])
def test_what_is_chosen_is_taken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    window = Window(monkeypatch, None)
    assert window.quality(name).name == name
    assert not window.waiting


def test_a_machine_that_nothing_is_known_of_is_measured_once_between_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    window = Window(monkeypatch, None)
    quality = window.quality("auto")
    quality.follow()
    assert quality.name == "full" and len(window.waiting) == 1 and window.said == ["Measuring how fast this machine draws"]
    window.waiting.pop()()
    assert quality.name == "medium" and window.measured == [False]
    quality.follow()
    assert not window.waiting
    assert quality.told() == (
        "Medium quality. A frame that fills the window takes about: Low quality 4 ms, Medium quality 9 ms, High quality 90 ms; "
        "at most 17 ms are wanted."
    )


def test_what_is_kept_is_used_at_once_and_measured_again_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    window = Window(monkeypatch, {"low": 4.0, "medium": 99.0})
    quality = window.quality("auto")
    assert quality.name == "low" and not window.waiting
    quality.measure_again()
    window.waiting.pop()()
    assert quality.name == "medium" and window.measured == [True]
    window.shell.settings.quality = "cinematic"
    quality.follow()
    quality.measure_again()
    window.waiting.pop()()
    assert quality.name == "cinematic"
