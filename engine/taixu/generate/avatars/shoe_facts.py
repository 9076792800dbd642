"""What shoes there are: how high they reach, how thick their soles are."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BOOTS_OVER", "SHOES", "ShoeFacts", "lift_m"]


@dataclass(frozen=True)
class ShoeFacts:
    """A kind of shoe.

    Attributes
    ----------
    top
        Height of the upper edge in the base mesh: -0.745 is the ankle, -0.37 the knee.
    sole_m
        How much higher one stands.
    """

    top: float
    sole_m: float
    fabric: str
    color: str
    sole_color: str
    ease_m: float = 0.006
    shaft_m: float = 0.004
    smooth: int = 3
    open_toe: float = 0.0


SHOES = {
    "sneakers": ShoeFacts(-0.738, 0.020, "canvas", "#dddcd8", "#f2f2f0", 0.008),
    "high tops": ShoeFacts(-0.705, 0.022, "canvas", "#7a2a2a", "#efefec", 0.008),
    "oxfords": ShoeFacts(-0.748, 0.014, "leather", "#2a1a12", "#14100e", 0.006),
    "loafers": ShoeFacts(-0.772, 0.012, "leather", "#5a3520", "#221812", 0.005),
    "boots": ShoeFacts(-0.62, 0.024, "leather", "#4a3020", "#1c1612", 0.009, 0.010),
    "tall boots": ShoeFacts(-0.45, 0.022, "leather", "#201815", "#120f0d", 0.008, 0.012),
    "work boots": ShoeFacts(-0.66, 0.032, "leather", "#a87f4b", "#2c221a", 0.012, 0.012),
    "slippers": ShoeFacts(-0.782, 0.008, "velvet", "#6a3a44", "#3a2a24", 0.007),
    "ballet flats": ShoeFacts(-0.788, 0.006, "silk", "#c98b92", "#7a4a50", 0.003),
    "socks": ShoeFacts(-0.69, 0.002, "wool", "#d9d4c7", "#d9d4c7", 0.003),
    "wellingtons": ShoeFacts(-0.50, 0.022, "rubber", "#3d5a34", "#22301f", 0.010, 0.016),
}  # fmt: skip


BOOTS_OVER = ("tall boots", "wellingtons")
"""Those that trousers are tucked into."""


def lift_m(shoes: str) -> float:
    """How much higher one stands in shoes."""
    return SHOES[shoes].sole_m if shoes in SHOES else 0.0
