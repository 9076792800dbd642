"""Ways of settling: which styles of houses stand together, along which roads, around what."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CULTURES", "Culture"]


@dataclass(frozen=True)
class Culture:
    """What a settlement is made of.

    Attributes
    ----------
    houses
        Styles with weights.
    landmarks
        Styles of which there is one each, near the middle.
    by_water
        0 anywhere, 1 at the shore.
    main, side, out
        Classes of roads: through the middle, between, and outwards.
    square_m
        Edge of the market place; 0 has none.
    """

    name: str
    words: str
    houses: tuple[tuple[str, float], ...]
    landmarks: tuple[str, ...] = ()
    by_water: float = 0.2
    main: str = "village"
    side: str = "lane"
    out: str = "lane"
    square_m: float = 22.0
    terrain: str = "hills"


CULTURES: dict[str, Culture] = {
    each.name: each
    for each in (
        Culture("fishing", "fishing fisher fishermen harbour harbor coast seaside 渔村 海边 渔民", (("fisher_cottage", 1.0),), (), 1.0, terrain="coast"),
    )
}
