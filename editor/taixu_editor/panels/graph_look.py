"""How nodes and links of graphs look: names, colours by what a node does and by what a link carries."""

from __future__ import annotations

from typing import Any

from taixu.generate.graph import NodeKind, Parameter
from taixu_editor.interface.theme import Theme
from taixu_editor.widgets.spec import FieldSpec, humanise

__all__ = ["CATEGORIES", "category_of", "pin_color", "spec_of_input", "spec_of_parameter", "style_canvas", "title_of"]

CATEGORIES: dict[str, tuple[str, str]] = {
    "noise": ("Noise", "z_axis"), "pattern": ("Patterns", "y_axis"), "color": ("Colours", "warning"), "math": ("Formulas", "faint"),
    "filter": ("Filters", "accent"), "arrange": ("Places", "x_axis"),
}  # fmt: skip
"""First words of kinds: what they are called in menus, and a colour of the theme."""


def category_of(kind: str) -> tuple[str, str]:
    """What a kind of nodes belongs to, and its colour; plugins' own words are their category."""
    word = kind.partition(".")[0]
    return CATEGORIES.get(word, (humanise(word), "accent"))


def title_of(kind: NodeKind) -> str:
    """What people call a kind of nodes, in English."""
    return humanise(kind.name.rpartition(".")[2])


def pin_color(kind: str) -> str:
    """The colour of the theme for what a link carries."""
    return {"float": "faint", "vec3": "warning", "vec2": "z_axis"}.get(kind, "x_axis")


def spec_of_parameter(parameter: Parameter) -> FieldSpec:
    """A parameter as a form shows it."""
    default, facts = parameter.default, parameter.facts
    kind, width, whole = "number", 1, False
    if facts["choices"]:
        kind = "choice"
    elif isinstance(default, bool):
        kind = "bool"
    elif isinstance(default, str):
        kind = "text"
    elif isinstance(default, tuple):
        kind, width = ("color", 3) if len(default) == 3 else ("vector", len(default))
    elif isinstance(default, int):
        kind, whole = "integer", True
    shown = list(default) if isinstance(default, tuple) else default
    return FieldSpec(
        parameter.name, kind, shown, width=width, unit=facts["unit"], minimum=facts["minimum"], maximum=facts["maximum"],
        choices=tuple(facts["choices"]), doc=facts["doc"], is_whole=whole, label=_label(parameter.name),
    )  # fmt: skip


def spec_of_input(name: str, plain: Any, default: Any, doc: str = "") -> FieldSpec:
    """An input that nothing is connected to, as a form shows it."""
    if isinstance(plain, tuple):
        return FieldSpec(name, "color", list(default) if isinstance(default, tuple) else None, width=3, maximum=1000.0, doc=doc)
    is_share = isinstance(plain, float) and 0.0 <= plain <= 1.0
    low, high = (0.0, 1.0) if is_share and isinstance(default, float) and 0.0 <= default <= 1.0 else (None, None)
    return FieldSpec(name, "number", default if isinstance(default, float) else None, minimum=low, maximum=high, doc=doc)


def _label(name: str) -> str:
    return humanise(name.removeprefix("is_"))


def style_canvas(ed: Any, theme: Theme, scale: float) -> None:
    """Give the present node editor the theme's colours."""
    style, color = ed.get_style(), ed.StyleColor
    clear = (0.0, 0.0, 0.0, 0.0)
    colors = {
        color.bg: theme.ground, color.grid: (*theme.border[:3], 0.55), color.node_bg: (*theme.panel[:3], 0.97),
        color.node_border: theme.border, color.hov_node_border: theme.faint, color.sel_node_border: theme.accent,
        color.node_sel_rect: theme.accent_soft, color.node_sel_rect_border: theme.accent, color.hov_link_border: theme.text,
        color.sel_link_border: theme.accent, color.highlight_link_border: (*theme.accent[:3], 0.6),
        color.link_sel_rect: theme.accent_soft, color.link_sel_rect_border: theme.accent, color.pin_rect: theme.accent_soft,
        color.pin_rect_border: clear, color.flow: theme.accent, color.flow_marker: theme.accent,
        color.group_bg: (*theme.raised[:3], 0.35), color.group_border: theme.border,
    }  # fmt: skip
    for index, value in colors.items():
        style.set_color_(index, value)
    style.node_padding = (8 * scale, 6 * scale, 8 * scale, 8 * scale)
    style.node_rounding, style.group_rounding = 6.0 * scale, 6.0 * scale
    style.node_border_width, style.hovered_node_border_width, style.selected_node_border_width = 1.0, 1.5 * scale, 2.0 * scale
    style.link_strength, style.pin_arrow_size = 90.0 * scale, 0.0
    style.scroll_duration = 0.15
