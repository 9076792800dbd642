"""Outfits: what is worn from neck to ankle, each a list of garments, the innermost first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars import garments as g
from taixu.generate.avatars.asset import people_data
from taixu.generate.avatars.cloth import Places
from taixu.generate.avatars.fabrics import fabric
from taixu.generate.avatars.garments import Layer
from taixu.generate.avatars.paints import Paint, colored
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.spec import linear_color
from taixu.generate.avatars.surfaces import Piece

__all__ = ["PARTS", "Outfit"]

Outfit = tuple[list[Layer], list[Piece]]


def _paints(person: Person, *wanted: tuple[str, str]) -> list[Paint]:
    """Fabrics with their usual colours, in those of the specification where it has some."""
    given = (person.spec.color, person.spec.color2, person.spec.color3)
    return [fabric(name, linear_color(given[at] if at < 3 and given[at] else color)) for at, (name, color) in enumerate(wanted)]


_GOLD = colored("brass", (0.72, 0.48, 0.18), 0.3, metallic=1.0)
_DARK = colored("horn", (0.03, 0.025, 0.02), 0.35)


def t_shirt_and_jeans(person: Person) -> Outfit:
    """A loose T-shirt over jeans."""
    shirt, jeans = _paints(person, ("cotton", "#e8e4da"), ("denim", "#3f5f8a"))
    return [g.trousers(person, jeans), g.top(person, shirt)], []


def shirt_and_chinos(person: Person) -> Outfit:
    """A shirt with a collar and buttons, tucked into chinos."""
    shirt, chinos, leather = _paints(person, ("cotton", "#9fb8d4"), ("canvas", "#b09a74"), ("leather", "#4a2d1a"))
    over = g.top(person, shirt, sleeve=1.92, neck=g.v_neck(0.50, 0.03), hem=0.13, loose_m=0.004, cuff_m=0.006)
    return ([over, g.collar(person, shirt, open_m=0.018, flare_m=0.012), g.trousers(person, chinos, waist=0.175, ease_m=0.017),
             g.band(person, leather, 0.135, 0.172, ease_m=0.022, name="belt")],
            g.buttons(person, over, _DARK, [(0.0, y) for y in (0.46, 0.39, 0.32, 0.25)], 0.005))  # fmt: skip


def hoodie(person: Person) -> Outfit:
    """A hoodie with its hood down, over sweat pants."""
    fleece, pants = _paints(person, ("cotton", "#6f7f74"), ("cotton", "#33363b"))
    body = g.top(person, fleece, sleeve=1.95, hem=0.0, ease_m=0.016, loose_m=0.020, cuff_m=0.016)
    hood = g.patch(person, fleece, lambda p: np.minimum(
        0.05 * (1.0 - (p.at[:, 0] / 0.105) ** 2 - ((p.at[:, 1] - 0.522) / 0.070) ** 2), 0.016 - p.at[:, 2]
    ), ease_m=0.034, smooth=14, name="hood")  # fmt: skip
    pocket = g.sewn(body, fleece, lambda p: np.minimum(np.minimum(0.20 - p.at[:, 1] - 0.2 * np.abs(p.at[:, 0]), p.at[:, 1] - 0.07),
                    np.minimum(0.105 - np.abs(p.at[:, 0]), p.at[:, 2] - 0.03)), lift_m=0.005, name="pocket")  # fmt: skip
    return [g.trousers(person, pants, ease_m=0.010, cuff_m=0.016), body,
            g.band(person, fleece, 0.0, 0.045, ease_m=0.032, name="waistband"), hood,
            g.collar(person, fleece, low=0.538, high=0.588, ease_m=0.022, flare_m=0.004, name="neck"), pocket], []  # fmt: skip


def suit(person: Person) -> Outfit:
    """A suit with a shirt and a tie."""
    wool, shirt, silk = _paints(person, ("canvas", "#2b3242"), ("cotton", "#f2f0ea"), ("silk", "#7a1f2b"))
    neck = g.v_neck(0.27, 0.075)
    jacket = g.top(person, wool, sleeve=1.93, neck=neck, hem=0.09, ease_m=0.017, loose_m=0.012, cuff_m=0.010)
    jacket = g.hanging(person, jacket, hem=-0.05, ease_m=0.022, flare_m=0.006)
    lapel = g.patch(person, wool, lambda p: np.minimum(np.minimum(neck(p), 0.024 - neck(p)), np.minimum(p.at[:, 2] - 0.03,
                    0.54 - p.at[:, 1])), ease_m=0.024, name="lapel")  # fmt: skip
    tie = g.patch(person, silk,
                  lambda p: np.minimum(np.minimum(0.014 + 0.05 * np.maximum(0.50 - p.at[:, 1], 0.0) - np.abs(p.at[:, 0]),
                  p.at[:, 2] - 0.03), np.minimum(0.532 - p.at[:, 1], p.at[:, 1] - 0.20)), ease_m=0.0145, name="tie")  # fmt: skip
    return ([g.top(person, shirt, sleeve=1.98, neck=g.v_neck(0.535, 0.02), hem=0.14, ease_m=0.008, loose_m=0.002, cuff_m=0.004),
             g.trousers(person, wool, ease_m=0.009, cuff_m=0.012), tie, g.collar(person, shirt, open_m=0.012, flare_m=0.006,
             ease_m=0.013), jacket, lapel], g.buttons(person, jacket, _DARK, [(0.012, 0.25), (0.012, 0.17)], 0.008))  # fmt: skip


def dress(person: Person) -> Outfit:
    """A summer dress to the knee with a belt."""
    silk, leather = _paints(person, ("silk", "#b8404a"), ("leather", "#3a241a"))
    body = g.top(person, silk, sleeve=0.28, neck=g.wide_neck(0.455), hem=0.175, ease_m=0.009, loose_m=0.004, cuff_m=0.010)
    return [g.hanging(person, body, hem=-0.36, ease_m=0.010, flare_m=0.035, folds=14, fold_m=0.035),
            g.band(person, leather, 0.175, 0.208, ease_m=0.025, name="belt")], []  # fmt: skip


def evening_gown(person: Person) -> Outfit:
    """A long gown without sleeves."""
    velvet, = _paints(person, ("velvet", "#3b1e58"))
    body = g.top(person, velvet, sleeve=0.0, neck=g.v_neck(0.40, 0.085), hem=0.15, ease_m=0.008, loose_m=0.004)
    return [g.hanging(person, body, hem=-0.735, ease_m=0.008, flare_m=0.05, folds=10, fold_m=0.05)], []  # fmt: skip


def blouse_and_skirt(person: Person) -> Outfit:
    """A blouse and a pleated skirt."""
    blouse, cloth = _paints(person, ("cotton", "#f0e9dd"), ("wool", "#465a4c"))
    shirt = g.top(person, blouse, sleeve=1.4, neck=g.v_neck(0.48, 0.04), hem=0.13, loose_m=0.006, cuff_m=0.014)
    return ([shirt, g.collar(person, blouse, open_m=0.015, flare_m=0.014),
             g.skirt(person, cloth, hem=-0.30, waist=0.17, ease_m=0.018, flare_m=0.03, folds=22, fold_m=0.022),
             g.band(person, cloth, 0.14, 0.175, ease_m=0.023, name="waistband")],
            g.buttons(person, shirt, _GOLD, [(0.0, y) for y in (0.45, 0.38, 0.31, 0.24)], 0.004))  # fmt: skip


def sweater(person: Person) -> Outfit:
    """A thick sweater with a high collar, over cords."""
    wool, cords = _paints(person, ("wool", "#c9bb9a"), ("velvet", "#5b4632"))
    return [g.trousers(person, cords, ease_m=0.009), g.top(person, wool, sleeve=1.95, hem=0.0, ease_m=0.018, loose_m=0.016,
                                                           cuff_m=0.012),
            g.collar(person, wool, low=0.535, high=0.60, ease_m=0.018, flare_m=0.0), g.band(person, wool, 0.0, 0.04, ease_m=0.032),
            g.band(person, wool, 1.82, 1.97, ease_m=0.026, limb="arm", name="cuffs")], []  # fmt: skip


def coat(person: Person) -> Outfit:
    """A long coat over a sweater."""
    wool, inner, pants = _paints(person, ("canvas", "#6a5138"), ("wool", "#2c2f36"), ("canvas", "#2a2a2e"))
    neck = g.v_neck(0.33, 0.075)
    body = g.top(person, wool, sleeve=1.97, neck=neck, hem=0.10, ease_m=0.026, loose_m=0.010, cuff_m=0.016)
    body = g.hanging(person, body, hem=-0.42, ease_m=0.030, flare_m=0.025)
    lapel = g.patch(person, wool, lambda p: np.minimum(np.minimum(neck(p), 0.035 - neck(p)), np.minimum(p.at[:, 2] - 0.02,
                    0.56 - p.at[:, 1])), ease_m=0.034, name="lapel")  # fmt: skip
    return ([g.trousers(person, pants), g.top(person, inner, sleeve=1.9, hem=0.05, ease_m=0.008, loose_m=0.004, neck=g.crew(0.02)),
             body, lapel,
             g.collar(person, wool, low=0.535, high=0.59, open_m=0.05, ease_m=0.028, flare_m=0.016),
             g.band(person, wool, 0.14, 0.178, ease_m=0.046, name="belt")],
            g.buttons(person, body, _DARK, [(s * 0.05, y) for s in (-1, 1) for y in (0.31, 0.22)], 0.010))  # fmt: skip


def pea_coat(person: Person) -> Outfit:
    """A sailor's double-breasted jacket over a striped shirt."""
    wool, shirt, pants = _paints(person, ("canvas", "#1f2a3d"), ("cotton", "#e6e3da"), ("canvas", "#222833"))
    neck = g.v_neck(0.38, 0.08)
    body = g.top(person, wool, sleeve=1.95, neck=neck, hem=0.09, ease_m=0.022, loose_m=0.014, cuff_m=0.014)
    body = g.hanging(person, body, hem=-0.085, ease_m=0.026, flare_m=0.008)
    lapel = g.patch(person, wool, lambda p: np.minimum(np.minimum(neck(p), 0.04 - neck(p)), np.minimum(p.at[:, 2] - 0.02,
                    0.56 - p.at[:, 1])), ease_m=0.030, name="lapel")  # fmt: skip
    return ([g.trousers(person, pants, cuff_m=0.022), g.top(person, shirt, sleeve=1.5, hem=0.05, ease_m=0.008, loose_m=0.002),
             body, lapel,
             g.collar(person, wool, low=0.535, high=0.592, open_m=0.05, ease_m=0.024, flare_m=0.018)],
            g.buttons(person, body, _GOLD, [(s * 0.055, y) for s in (-1, 1) for y in (0.34, 0.25, 0.16)], 0.010))  # fmt: skip


def uniform(person: Person) -> Outfit:
    """An officer's uniform: high collar, shoulder straps, a belt."""
    cloth, trim, leather = _paints(person, ("canvas", "#39506b"), ("silk", "#c9a13b"), ("leather", "#201813"))
    body = g.top(person, cloth, sleeve=1.95, neck=g.crew(0.01), hem=0.10, ease_m=0.015, loose_m=0.008, cuff_m=0.010)
    body = g.hanging(person, body, hem=-0.06, ease_m=0.022, flare_m=0.012)
    straps = g.patch(person, trim, lambda p: np.minimum(np.minimum(np.abs(p.at[:, 0]) - 0.09, 0.175 - np.abs(p.at[:, 0])),
                     np.minimum(p.at[:, 1] - 0.50, 0.026 - np.abs(p.at[:, 2] - 0.012))), ease_m=0.024, name="straps")  # fmt: skip
    return ([g.trousers(person, cloth, ease_m=0.008, cuff_m=0.012), body, straps,
             g.collar(person, cloth, low=0.53, high=0.587, ease_m=0.017, flare_m=0.002),
             g.band(person, leather, 0.14, 0.185, ease_m=0.027, name="belt"),
             g.band(person, trim, 1.80, 1.86, ease_m=0.028, limb="arm")],
            g.buttons(person, body, _GOLD, [(0.0, y) for y in (0.49, 0.42, 0.35, 0.28, 0.21, 0.08)], 0.007))  # fmt: skip


def robe(person: Person) -> Outfit:
    """A long robe with wide sleeves and a sash."""
    cloth, sash, = _paints(person, ("silk", "#35514c"), ("silk", "#a8843a"))
    body = g.top(person, cloth, sleeve=1.9, neck=g.v_neck(0.40, 0.07), hem=0.13, ease_m=0.014, loose_m=0.008, cuff_m=0.075,
                 smooth=4)  # fmt: skip
    return [g.hanging(person, body, hem=-0.70, ease_m=0.018, flare_m=0.04, folds=9, fold_m=0.03),
            g.band(person, sash, 0.13, 0.20, ease_m=0.028, name="sash")], []  # fmt: skip


def _outside(p: Places) -> NDArray[np.float64]:
    """Above zero in a strip along the outer side of the legs."""
    data = people_data()
    joints = np.array([data.positions[data.joints[f"l-{name}"]] for name in ("ankle", "knee", "upper-leg")])
    x, z = (np.interp(p.at[:, 1], joints[:, 1], joints[:, axis]) for axis in (0, 2))
    return np.where(np.abs(p.at[:, 0]) > x + 0.01, 0.018 - np.abs(p.at[:, 2] - z), -0.01)


def tracksuit(person: Person) -> Outfit:
    """A tracksuit with stripes and a short zip."""
    cloth, stripe = _paints(person, ("rubber", "#1e3f7a"), ("rubber", "#f0f0f0"))
    jacket = g.top(person, cloth, sleeve=1.95, hem=0.0, ease_m=0.014, loose_m=0.016, cuff_m=0.010)
    legs = g.trousers(person, cloth, ease_m=0.009, cuff_m=0.010)
    line = g.sewn(legs, stripe, lambda p: np.minimum(np.where(p.leg > 0.1, 1.98 - p.leg, -1.0), _outside(p)), name="stripes")
    return [legs, line, jacket, g.collar(person, cloth, low=0.535, high=0.595, ease_m=0.016, flare_m=0.004),
            g.band(person, stripe, 1.84, 1.95, ease_m=0.026, limb="arm")], []  # fmt: skip


def tank_top_and_shorts(person: Person) -> Outfit:
    """A tank top and shorts for hot days."""
    shirt, shorts = _paints(person, ("cotton", "#d8743c"), ("canvas", "#5c6b4a"))
    return [g.trousers(person, shorts, leg=0.85, ease_m=0.009, knee_m=0.035, cuff_m=0.035),
            g.top(person, shirt, sleeve=0.0, neck=g.wide_neck(0.46), hem=0.03, ease_m=0.008, loose_m=0.012)], []  # fmt: skip


def swimwear(person: Person) -> Outfit:
    """A swimsuit, or trunks with a rash vest."""
    first, = _paints(person, ("rubber", "#1f5f66"))
    return [g.trousers(person, first, leg=0.32, waist=0.20, ease_m=0.004, knee_m=0.0, cuff_m=0.002, smooth=1),
            g.top(person, first, sleeve=0.0, neck=g.wide_neck(0.45), hem=0.15, ease_m=0.0045, loose_m=0.0,
                  smooth=1)], []  # fmt: skip


def overalls(person: Person) -> Outfit:
    """Dungarees over a shirt."""
    denim, shirt = _paints(person, ("denim", "#3c5578"), ("cotton", "#b23a34"))
    bib = g.patch(person, denim, lambda p: np.minimum(np.minimum(0.40 - p.at[:, 1], p.at[:, 1] - 0.15),
                  np.minimum(0.095 - np.abs(p.at[:, 0]), p.at[:, 2] - 0.02)), ease_m=0.021, name="bib")  # fmt: skip
    straps = g.patch(person, denim, lambda p: np.minimum(0.018 - np.abs(np.abs(p.at[:, 0]) - 0.080), np.minimum(p.at[:, 1] - 0.16 -
                     np.where(p.at[:, 2] > 0.02, 0.22, 0.0), np.where(p.arm > 0.2, -1.0, 9.0))), ease_m=0.022,
                     name="straps")  # fmt: skip
    return ([g.top(person, shirt, sleeve=0.9, hem=0.10, loose_m=0.004),
             g.trousers(person, denim, waist=0.19, ease_m=0.016, knee_m=0.010,
             cuff_m=0.018), bib, straps], g.buttons(person, bib, _GOLD, [(-0.08, 0.385), (0.08, 0.385)], 0.010))  # fmt: skip


def armour(person: Person) -> Outfit:
    """Plate over a padded coat."""
    plate, padding, leather = _paints(person, ("plate", "#b9bcc2"), ("canvas", "#5a3230"), ("leather", "#3b2617"))
    hose = g.trousers(person, padding, ease_m=0.005, knee_m=0.002, cuff_m=0.002, wide_m=(0.0, 0.0))  # close, below the plates
    return [hose, g.top(person, padding, sleeve=1.95, hem=0.0, ease_m=0.012, neck=g.crew(0.02)),
            g.skirt(person, leather, hem=-0.14, waist=0.17, ease_m=0.022, flare_m=0.035, folds=12, fold_m=0.015),
            g.top(person, plate, sleeve=0.0, hem=0.14, ease_m=0.026, loose_m=0.010, smooth=14, name="breastplate"),
            g.band(person, plate, 0.0, 0.42, ease_m=0.045, limb="arm", name="pauldrons"),
            g.band(person, plate, 1.25, 1.85, ease_m=0.026, limb="arm", name="bracers"),
            g.band(person, plate, 0.86, 1.12, ease_m=0.028, limb="leg", name="knees"),
            g.band(person, plate, 1.2, 1.88, ease_m=0.024, limb="leg", name="greaves"),
            g.collar(person, plate, low=0.52, high=0.585, ease_m=0.024, flare_m=0.008),
            g.band(person, leather, 0.14, 0.18, ease_m=0.040, name="belt")], []  # fmt: skip


def apron(person: Person) -> Outfit:
    """A cook's jacket and an apron."""
    white, pants, cloth = _paints(person, ("cotton", "#f2f1ec"), ("canvas", "#3a3c42"), ("canvas", "#7d2f2a"))
    jacket = g.top(person, white, sleeve=1.3, hem=0.10, ease_m=0.012, loose_m=0.006)
    jacket = g.hanging(person, jacket, hem=-0.02, ease_m=0.016, flare_m=0.004)
    bib = g.patch(person, cloth, lambda p: np.minimum(np.minimum(0.44 - p.at[:, 1], p.at[:, 1] - 0.12),
                  np.minimum(0.10 - np.abs(p.at[:, 0]), p.at[:, 2] - 0.02)), ease_m=0.026, name="bib")  # fmt: skip
    lap = g.skirt(person, cloth, hem=-0.33, waist=0.15, flare_m=0.012, ease_m=0.034)
    lap = Layer("apron", lap.sheet.cut(lap.sheet.at[:, 2] - 0.012), cloth, np.zeros(len(person.data.positions), bool))
    return ([g.trousers(person, pants), jacket, g.collar(person, white, low=0.535, high=0.578), lap, bib,
             g.band(person, cloth, 0.135, 0.16, ease_m=0.037, name="strings")],
            g.buttons(person, jacket, _DARK, [(s * 0.04, 0.48) for s in (-1, 1)], 0.006))  # fmt: skip


def lab_coat(person: Person) -> Outfit:
    """A white coat over shirt and trousers."""
    white, shirt, pants = _paints(person, ("cotton", "#f4f4f1"), ("cotton", "#7fa3b8"), ("canvas", "#4a4c52"))
    neck = g.v_neck(0.24, 0.08)
    body = g.top(person, white, sleeve=1.95, neck=neck, hem=0.12, ease_m=0.020, loose_m=0.008, cuff_m=0.014)
    body = g.hanging(person, body, hem=-0.30, ease_m=0.024, flare_m=0.02)
    pocket = g.patch(person, white, lambda p: np.minimum(np.minimum(0.40 - p.at[:, 1], p.at[:, 1] - 0.335),
                     np.minimum(0.028 - np.abs(p.at[:, 0] - 0.085), p.at[:, 2])), ease_m=0.027, name="pocket")  # fmt: skip
    return ([g.trousers(person, pants), g.top(person, shirt, sleeve=1.9, hem=0.08, ease_m=0.008, loose_m=0.002,
                                              neck=g.v_neck(0.50, 0.03)),
             g.collar(person, shirt, open_m=0.016, flare_m=0.008, ease_m=0.013), body, pocket],
            g.buttons(person, body, _DARK, [(0.0, 0.22), (0.0, 0.15)], 0.006))  # fmt: skip


def leather_jacket(person: Person) -> Outfit:
    """A short leather jacket, open over a T-shirt."""
    leather, shirt, jeans = _paints(person, ("leather", "#241c18"), ("cotton", "#d9d6cd"), ("denim", "#2d3a4f"))
    neck = g.v_neck(0.12, 0.075)
    return [g.trousers(person, jeans, cuff_m=0.008, knee_m=0.004), g.top(person, shirt, hem=0.06, ease_m=0.008, loose_m=0.004),
            g.top(person, leather, sleeve=1.95, neck=neck, hem=0.07, ease_m=0.018, loose_m=0.010, cuff_m=0.010),
            g.collar(person, leather, low=0.535, high=0.592, open_m=0.045, ease_m=0.022, flare_m=0.014),
            g.band(person, leather, 0.075, 0.12, ease_m=0.030, name="waistband")], []  # fmt: skip


def tunic(person: Person) -> Outfit:
    """A villager's tunic with a belt, over hose."""
    linen, hose, leather = _paints(person, ("canvas", "#7a6a48"), ("cotton", "#4b3f36"), ("leather", "#3a2515"))
    return [g.trousers(person, hose, ease_m=0.005, knee_m=0.002, cuff_m=0.002, wide_m=(0.0, 0.0)),
            g.hanging(person, g.top(person, linen, sleeve=1.7, neck=g.v_neck(0.48, 0.035), hem=0.15, ease_m=0.012, loose_m=0.008,
                                    cuff_m=0.022), hem=-0.22, ease_m=0.016, flare_m=0.03, folds=10, fold_m=0.02),
            g.band(person, leather, 0.15, 0.185, ease_m=0.024, name="belt")], []  # fmt: skip


PARTS: dict[str, Callable[[Person], Outfit]] = {
    "t-shirt and jeans": t_shirt_and_jeans, "shirt and chinos": shirt_and_chinos, "hoodie": hoodie, "suit": suit, "dress": dress,
    "evening gown": evening_gown, "blouse and skirt": blouse_and_skirt, "sweater": sweater, "coat": coat, "pea coat": pea_coat,
    "uniform": uniform, "robe": robe, "tracksuit": tracksuit, "tank top and shorts": tank_top_and_shorts, "swimwear": swimwear,
    "overalls": overalls, "armour": armour, "apron": apron, "lab coat": lab_coat, "leather jacket": leather_jacket, "tunic": tunic,
}  # fmt: skip
