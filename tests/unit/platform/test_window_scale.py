"""A window's pixels to the unit, asked for by whoever opens it or by the environment."""

from __future__ import annotations

import pytest

from taixu.errors import UsageError
from taixu.platform import Window


@pytest.mark.parametrize("scale", [0.0, -2.0, 5.0, float("nan")])
def test_a_scale_that_no_screen_has_is_refused_before_a_window_opens(scale: float) -> None:
    with pytest.raises(UsageError, match=r"0\.5 to 4 pixels"):
        Window(pixel_scale=scale)


@pytest.mark.parametrize(("text", "said"), [("two", "TAIXU_PIXEL_SCALE"), ("9", "pixels to the unit")])
def test_the_environments_scale_is_checked_as_well(text: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_PIXEL_SCALE", text)
    with pytest.raises(UsageError, match=said):
        Window()
