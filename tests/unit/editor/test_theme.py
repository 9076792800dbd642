"""What is read can be read: contrast of the themes' colours, by the formula of WCAG 2."""

from __future__ import annotations

import pytest

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from taixu_editor.interface.theme import DARK, LIGHT, Theme

Color = tuple[float, float, float, float]
THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


def luminance(color: Color) -> float:
    """Relative luminance of a colour in sRGB (WCAG 2.2, "relative luminance")."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: Color, second: Color) -> float:
    """Contrast ratio, 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def over(color: Color, ground: Color) -> Color:
    """A colour with alpha over an opaque one."""
    r, g, b = (c * color[3] + k * (1 - color[3]) for c, k in zip(color[:3], ground[:3], strict=True))
    return (r, g, b, 1.0)


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast((0, 0, 0, 1), (1, 1, 1, 1)) == pytest.approx(21)


@THEMES
@pytest.mark.parametrize("ground", ["ground", "panel", "raised", "hover"])
@pytest.mark.parametrize("ink", ["text", "faint"])
def test_text_is_read_on_every_surface(theme: Theme, ink: str, ground: str) -> None:
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5


@THEMES
def test_text_is_read_on_what_is_held_and_what_is_chosen(theme: Theme) -> None:
    assert contrast(theme.text, theme.pressed) >= 4.5
    assert contrast(theme.text, over(theme.accent_soft, theme.panel)) >= 4.5
    assert contrast(theme.faint, over(theme.accent_soft, theme.panel)) >= 4.4
    for accent in (theme.accent, theme.accent_hover):
        assert contrast(theme.on_accent, accent) >= 4.2


@THEMES
@pytest.mark.parametrize("ink", ["accent", "good", "warning", "bad"])
def test_what_is_said_in_colours_is_read(theme: Theme, ink: str) -> None:
    for ground in ("panel", "raised"):
        assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5
    for ground in ("ground", "hover"):  # signs and large letters
        assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 3.0
    assert contrast(getattr(theme, ink), over(theme.accent_soft, theme.panel)) >= 3.0


@THEMES
def test_surfaces_stand_apart(theme: Theme) -> None:
    surfaces = [theme.ground, theme.panel, theme.raised, theme.hover, theme.pressed]
    assert len(set(surfaces)) == len(surfaces)
    assert contrast(theme.panel, theme.raised) > 1.1
    assert contrast(theme.panel, theme.ground) > 1.1
