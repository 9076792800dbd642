"""Heads, noses and muzzles, by kind. They set where the face is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from taixu.generate.avatars.cartoon.colors import INK, darker, mixed
from taixu.generate.avatars.cartoon.face import PATCH, painted_patch
from taixu.generate.avatars.cartoon.nets import ellipsoid, tube
from taixu.generate.avatars.cartoon.solids import Solid, ball, box, cone, joined_solids, limb, slab_between, turned, turning
from taixu.generate.avatars.cartoon.workshop import Workshop
from taixu.generate.avatars.surfaces import Units

__all__ = ["HEADS", "NOSES", "patch"]


def patch(work: Workshop, middle: tuple[float, float], size: tuple[float, float], color: str, *, lean: float = 0.0) -> None:
    """An oval of another colour on the front of the head, in its heights; `lean` raises it at its right."""
    unit = PATCH[0]
    x = middle[0] + size[0] * unit[:, 0]
    y = middle[1] + size[1] * unit[:, 1] + lean * unit[:, 0]
    painted_patch(work, work.head, np.stack([x, y], 1) * work.frame.head_m + work.frame.middle[:2], color, bone="head")


def _ball(work: Workshop, x: float, y: float, z: float, a: float, b: float, c: float) -> Solid:
    size = work.frame.head_m
    return ball(work.on_head(x, y, z), (a * size, b * size, c * size))


def _round(work: Workshop) -> Solid:
    size = work.frame.head_m
    return joined_solids(_ball(work, 0, 0.03, -0.01, 0.49, 0.47, 0.46), _ball(work, 0, -0.14, 0.03, 0.47, 0.36, 0.40),
                         soft_m=0.25 * size)


def _chubby(work: Workshop) -> Solid:
    size = work.frame.head_m
    work.layout.cheek_y, work.layout.eye_y, work.layout.mouth_y = -0.215, -0.085, -0.255
    return joined_solids(_ball(work, 0, 0.06, -0.01, 0.47, 0.44, 0.45), _ball(work, 0, -0.16, 0.03, 0.53, 0.33, 0.42),
                         soft_m=0.25 * size)


def _heart(work: Workshop) -> Solid:
    """Broad above, a small chin: human and older."""
    size = work.frame.head_m
    work.layout.cheek_x, work.layout.mouth_y, work.layout.eye_y = 0.255, -0.27, -0.07
    return joined_solids(_ball(work, 0, 0.07, -0.02, 0.45, 0.43, 0.45), _ball(work, 0, -0.18, 0.03, 0.385, 0.24, 0.36),
                         _ball(work, 0, -0.36, 0.12, 0.17, 0.12, 0.20), soft_m=0.25 * size)  # fmt: skip


def _wide(work: Workshop) -> Solid:
    size = work.frame.head_m
    work.layout.eye_x, work.layout.cheek_x = 0.235, 0.37
    return joined_solids(_ball(work, 0, 0.02, -0.02, 0.56, 0.43, 0.45), _ball(work, 0, -0.15, 0.03, 0.575, 0.30, 0.40),
                         soft_m=0.22 * size)


def _egg(work: Workshop) -> Solid:
    size = work.frame.head_m
    return joined_solids(_ball(work, 0, 0.10, -0.02, 0.39, 0.40, 0.40), _ball(work, 0, -0.14, 0.0, 0.42, 0.36, 0.40),
                         soft_m=0.25 * size)


def _box(work: Workshop) -> Solid:
    size = work.frame.head_m
    layout = work.layout
    layout.eye_x, layout.eye_y, layout.mouth_y, layout.brow_y = 0.19, 0.02, -0.18, 0.15
    head = box(work.on_head(0, 0, 0), np.array((0.52, 0.42, 0.42)) * size, 0.14 * size)
    screen = box(work.on_head(0, -0.02, 0.415), np.array((0.42, 0.30, 0.03)) * size, 0.028 * size)
    work.add(screen, "#1e2a38", bone="head", cell=0.022)
    for sign in (1.0, -1.0):
        disc = turned(cone((0, 0, 0), 0.15 * size, 0.13 * size, 0.05 * size, 0.02 * size), turning(z_rad=-np.pi / 2 * sign),
                      work.on_head(0.54 * sign, -0.02, 0))  # fmt: skip
        work.add(disc, "#4a4f58", bone="head", cell=0.024)
    work.head = head
    work.add(head, work.spec.skin, bone="head", cell=0.040)
    return joined_solids(head, screen)


def _skull(work: Workshop) -> Solid:
    size = work.frame.head_m
    layout = work.layout
    layout.eye_y, layout.mouth_y, layout.eye_x, layout.mouth_w, layout.brow_y = -0.03, -0.33, 0.18, 0.12, 0.2
    return joined_solids(_ball(work, 0, 0.08, -0.02, 0.47, 0.43, 0.46),
                         box(work.on_head(0, -0.28, 0.13), np.array((0.24, 0.19, 0.22)) * size,
                                                                           0.1 * size), soft_m=0.16 * size)  # fmt: skip


def _bulb(work: Workshop) -> Solid:
    size = work.frame.head_m
    layout = work.layout
    layout.eye_x, layout.eye_y, layout.mouth_y, layout.mouth_w, layout.brow_y = 0.20, -0.03, -0.31, 0.06, 0.26
    layout.cheek_x, layout.cheek_y = 0.25, -0.24
    return joined_solids(_ball(work, 0, 0.11, -0.03, 0.51, 0.42, 0.47), _ball(work, 0, -0.20, 0.04, 0.33, 0.26, 0.33),
                         _ball(work, 0, -0.36, 0.10, 0.16, 0.13, 0.18), soft_m=0.28 * size)  # fmt: skip


def _frog(work: Workshop) -> Solid:
    size = work.frame.head_m
    layout = work.layout
    layout.eye_x, layout.eye_y, layout.eye_w, layout.eye_h = 0.275, 0.315, 0.095, 0.105
    layout.mouth_y, layout.mouth_w = -0.10, 0.115
    layout.brow_y, layout.cheek_x, layout.cheek_y = 0.16, 0.38, -0.10
    bulges = _ball(work, 0.275, 0.29, 0.15, 0.185, 0.185, 0.19).mirrored()
    face = joined_solids(_ball(work, 0, -0.03, -0.02, 0.545, 0.37, 0.45), _ball(work, 0, -0.18, 0.04, 0.55, 0.26, 0.40),
                         soft_m=0.2 * size)
    return joined_solids(face, bulges, soft_m=0.10 * size)


def _snowball(work: Workshop) -> Solid:
    return _ball(work, 0, -0.02, 0, 0.48, 0.47, 0.47)


def _stump(work: Workshop) -> Solid:
    size = work.frame.head_m
    work.layout.cheek_x = 0.25
    whole = joined_solids(_ball(work, 0, -0.12, 0, 0.40, 0.36, 0.40), limb(work.on_head(0, -0.42, 0), work.on_head(0, 0.22, 0),
                                                                           0.34 * size),
                          soft_m=0.2 * size)  # fmt: skip
    return joined_solids(whole, limb(work.on_head(0.28, 0.12, 0), work.on_head(0.60, 0.34, 0.02), 0.06 * size, 0.03 * size),
                         soft_m=0.08 * size)


def _droplet(work: Workshop) -> Solid:
    size = work.frame.head_m
    return joined_solids(_ball(work, 0, -0.10, 0, 0.48, 0.40, 0.45), limb(work.on_head(0, 0.1, 0), work.on_head(0, 0.47, -0.06),
                                                                          0.26 * size, 0.05 * size),
                         soft_m=0.3 * size)  # fmt: skip


def _plain(shape: Callable[[Workshop], Solid]) -> Callable[[Workshop], None]:
    def make(work: Workshop) -> None:
        work.head = shape(work)
        work.add(work.head, work.spec.skin, bone="head", cell=0.040)

    return make


def _made(shape: Callable[[Workshop], Solid]) -> Callable[[Workshop], None]:
    def make(work: Workshop) -> None:
        work.head = shape(work)

    return make


HEADS: dict[str, Callable[[Workshop], None]] = {
    "round": _plain(_round), "chubby": _plain(_chubby), "heart": _plain(_heart), "wide": _plain(_wide), "egg": _plain(_egg),
    "box": _made(_box), "skull": _plain(_skull), "bulb": _plain(_bulb), "frog": _plain(_frog), "snowball": _plain(_snowball),
    "stump": _plain(_stump), "droplet": _plain(_droplet),
}  # fmt: skip


def _button(work: Workshop) -> None:
    z = _depth(work, 0.0, -0.135)
    nose = _ball(work, 0, -0.135, z - 0.004, 0.034, 0.026, 0.03)
    work.add(nose, mixed(work.spec.skin, "#e0655a", 0.20), bone="head", cell=0.018, inside=work.head)


def _depth(work: Workshop, x: float, y: float) -> float:
    """How far forward the head is, in its heights."""
    z = np.linspace(0.9, -0.3, 500)
    inside = work.head.far(np.array([work.on_head(x, y, each) for each in z])) < 0.0
    return float(z[inside.argmax()])


def _muzzle(work: Workshop, shape: Solid, color: str, *, soft: float = 0.0, cell: float = 0.028) -> None:
    work.add(shape, color, bone="head", cell=cell, inside=work.head)
    work.head = joined_solids(work.head, shape, soft_m=soft * work.frame.head_m)


def _tip(work: Workshop, y: float, a: float, b: float, *, color: str = "#33262a", back: float = 0.35) -> None:
    """A dark nose with a light in it, as far forward as the muzzle is."""
    z = _depth(work, 0.0, y)
    size = work.frame.head_m
    work.add(ellipsoid(work.on_head(0, y, z - back * b), np.array((a, b, 0.85 * b)) * size), work.spec.nose_color or color,
             bone="head")
    work.add(ellipsoid(work.on_head(-0.25 * a, y + 0.42 * b, z + 0.40 * b), np.array((0.34 * a, 0.2 * b, 0.2 * b)) * size, rings=4),
             "#ffffff", bone="head", paint="drawn")  # fmt: skip


def _bear(work: Workshop) -> None:
    _muzzle(work, _ball(work, 0, -0.215, 0.35, 0.185, 0.145, 0.16), work.skin2)
    _tip(work, -0.125, 0.062, 0.045)
    work.layout.mouth_y, work.layout.mouth_w, work.layout.eye_y = -0.245, 0.075, -0.02
    work.layout.eye_x, work.layout.cheek_x, work.layout.cheek_y = 0.215, 0.335, -0.17


def _cat(work: Workshop) -> None:
    size = work.frame.head_m
    puffs = _ball(work, 0.075, -0.235, 0.365, 0.105, 0.085, 0.085).mirrored()
    _muzzle(work, joined_solids(puffs, soft_m=0.04 * size), work.skin2)
    _tip(work, -0.165, 0.034, 0.024, color="#d9737f")
    work.layout.mouth_y, work.layout.mouth_w, work.layout.eye_y = -0.225, 0.085, -0.03
    for sign in (1.0, -1.0):
        for lift in (0.030, -0.015):
            start = work.on_head(0.12 * sign, -0.215 + 0.3 * lift, 0.43)
            end = work.on_head(0.42 * sign, -0.215 + 2.2 * lift, 0.40)
            path = np.linspace(start, end, 5) + np.array((0, 0.02, 0.01)) * size * np.sin(np.linspace(0, np.pi, 5))[:, None]
            work.add(tube(path, np.linspace(0.0055, 0.002, 5) * size, 5), mixed(INK, work.spec.skin, 0.25), bone="head",
                     paint="drawn")


def _fox(work: Workshop) -> None:
    size = work.frame.head_m
    for sign in (1.0, -1.0):
        patch(work, (0.275 * sign, -0.245), (0.245, 0.135), work.skin2, lean=0.05 * sign)
    snout = joined_solids(limb(work.on_head(0, -0.20, 0.28), work.on_head(0, -0.21, 0.53), 0.155 * size, 0.062 * size),
                          _ball(work, 0, -0.23, 0.32, 0.20, 0.12, 0.16), soft_m=0.10 * size)  # fmt: skip
    below = slab_between(-9.0, float(work.on_head(0, -0.185, 0)[1]))
    work.add(snout.cut(below.grown(-0.004 * size)), work.spec.skin, bone="head", cell=0.026, inside=work.head)
    _muzzle(work, snout.within(below, 0.01 * size), work.skin2, cell=0.026)
    work.head = joined_solids(work.head, snout, soft_m=0.02 * size)
    _tip(work, -0.185, 0.046, 0.038)
    work.layout.mouth_y, work.layout.mouth_w, work.layout.eye_y, work.layout.eye_x = -0.265, 0.082, -0.02, 0.225
    work.layout.cheek_x, work.layout.cheek_y = 0.36, -0.16


def _rabbit(work: Workshop) -> None:
    puffs = _ball(work, 0.062, -0.235, 0.375, 0.088, 0.072, 0.072).mirrored()
    _muzzle(work, puffs, work.skin2)
    _tip(work, -0.175, 0.033, 0.024, color="#e58b94")
    teeth = box(work.on_head(0.021, -0.325, 0.435), np.array((0.020, 0.040, 0.014)) * work.frame.head_m,
                0.01 * work.frame.head_m).mirrored()
    work.add(teeth, "#fffaf2", bone="head", cell=0.014)
    work.layout.mouth_y, work.layout.mouth_w, work.layout.eye_y = -0.245, 0.07, -0.03


def _beak(work: Workshop) -> None:
    """A short beak whose lower half opens."""
    _open_beak(work, half=0.105, long=0.17, high=0.068, y=-0.155, color="#f2a03c")


def _bill(work: Workshop) -> None:
    """A duck's."""
    _open_beak(work, half=0.185, long=0.23, high=0.058, y=-0.185, color="#f2b33c")


def _open_beak(work: Workshop, *, half: float, long: float, high: float, y: float, color: str) -> None:
    size = work.frame.head_m
    own = work.spec.nose_color or color
    z = _depth(work, 0.0, y) - 0.03
    whole = joined_solids(_ball(work, 0, y, z, half, high, long), _ball(work, 0, y - 0.1 * high, z, 1.12 * half, 0.6 * high,
                                                                        0.75 * long),
                          soft_m=0.05 * size)  # fmt: skip
    line = float(work.on_head(0, y - 0.12 * high, 0)[1])
    upper = whole.within(slab_between(line, 9.0), 0.012 * size)
    work.add(upper, own, bone="head", cell=0.02, inside=work.head)
    lower = _ball(work, 0, y - 0.15 * high, z - 0.01, 0.88 * half, 0.85 * high, 0.88 * long).within(slab_between(-9.0, line),
                                                                                                    0.012 * size)
    from taixu.generate.avatars.cartoon.nets import meshed

    skin = meshed(lower, 0.02 * size)
    hinge = work.on_head(0, y - 0.1 * high, z - 0.3 * long)
    units: Units = {}
    everywhere = np.arange(len(skin.positions))
    for unit, angle in (("jawOpen", 0.55), ("mouthFunnel", 0.2), ("mouthPucker", 0.12), ("mouthStretchLeft", 0.06),
                        ("mouthStretchRight", 0.06),
                        ("mouthSmileLeft", 0.05), ("mouthSmileRight", 0.05), ("mouthLowerDownLeft", 0.1),
                        ("mouthLowerDownRight", 0.1),
                        ("tongueOut", 0.3)):  # fmt: skip
        offset = skin.positions - hinge
        units[unit] = (everywhere, offset @ turning(angle).T - offset, np.zeros_like(offset))
    for unit, moved in (("mouthFrownLeft", (0.0, -0.004, 0.0)), ("mouthFrownRight", (0.0, -0.004, 0.0)),
                        ("jawLeft", (0.02, 0.0, 0.0)),
                        ("jawRight", (-0.02, 0.0, 0.0)), ("mouthLeft", (0.015, 0.0, 0.0)),
                        ("mouthRight", (-0.015, 0.0, 0.0))):  # fmt: skip
        units[unit] = (everywhere, np.broadcast_to(np.array(moved) * size, skin.positions.shape), np.zeros_like(skin.positions))
    work.add(skin, darker(own, 0.12), bone="head", node="face", units=units)
    inner = _ball(work, 0, y - 0.12 * high, z - 0.02, 0.8 * half, 0.22 * high, 0.8 * long)
    work.add(inner, "#7a2630", bone="head", cell=0.022, paint="drawn", inside=work.head)
    work.layout.has_mouth = False
    work.layout.eye_y, work.layout.cheek_y = -0.02, -0.17
    work.layout.eye_x = max(work.layout.eye_x, 0.19)


def _dragon(work: Workshop) -> None:
    size = work.frame.head_m
    snout = joined_solids(_ball(work, 0, -0.20, 0.36, 0.24, 0.155, 0.21),
                          _ball(work, 0.105, -0.135, 0.50, 0.075, 0.065, 0.075).mirrored(), soft_m=0.07 * size)
    _muzzle(work, snout, work.spec.skin, soft=0.05)
    patch(work, (0.0, -0.335), (0.20, 0.085), work.skin2)
    for sign in (1.0, -1.0):
        work.add(ellipsoid(work.on_head(0.105 * sign, -0.115, 0.562), np.array((0.020, 0.024, 0.018)) * size, rings=5),
                 darker(work.spec.skin, 0.6),
                 bone="head", paint="drawn")  # fmt: skip
    work.layout.mouth_y, work.layout.mouth_w, work.layout.eye_y, work.layout.eye_x = -0.265, 0.13, 0.03, 0.215
    work.layout.cheek_x, work.layout.cheek_y = 0.36, -0.14


def _pig(work: Workshop) -> None:
    size = work.frame.head_m
    disc = turned(cone((0, 0, 0), 0.125 * size, 0.115 * size, 0.05 * size, 0.03 * size, flat=0.78), turning(np.pi / 2),
                  work.on_head(0, -0.16, 0.42))
    work.add(disc, darker(work.spec.skin, 0.10), bone="head", cell=0.022)
    for sign in (1.0, -1.0):
        work.add(ellipsoid(work.on_head(0.042 * sign, -0.16, 0.468), np.array((0.018, 0.030, 0.012)) * size, rings=5),
                 darker(work.spec.skin, 0.5),
                 bone="head", paint="drawn")  # fmt: skip
    work.layout.mouth_y = -0.30


def _carrot(work: Workshop) -> None:
    size = work.frame.head_m
    path = np.linspace(work.on_head(0, -0.12, 0.40), work.on_head(0.02, -0.15, 0.78), 8)
    work.add(tube(path, np.linspace(0.062, 0.010, 8) * size * (1.0 + 0.06 * np.cos(np.arange(8) * np.pi)), 12),
             work.spec.nose_color or "#ef8a3a", bone="head")  # fmt: skip


def _big(work: Workshop) -> None:
    z = _depth(work, 0.0, -0.14)
    nose = _ball(work, 0, -0.145, z + 0.01, 0.072, 0.058, 0.075)
    work.add(nose, mixed(work.spec.skin, "#e0655a", 0.28), bone="head", cell=0.02, inside=work.head)


def _bony(work: Workshop) -> None:
    from taixu.generate.avatars.cartoon.face import head_canvas

    size = work.frame.head_m
    canvas = head_canvas(work)
    for sign in (1.0, -1.0):
        at = canvas.on(np.array([work.on_head(0.026 * sign, -0.165, 0)[:2]]), 0.0)[0]
        work.add(ellipsoid(at, np.array((0.020, 0.034, 0.012)) * size, turning(0, 0, 0.3 * sign), rings=5), INK, bone="head",
                 paint="drawn")


def _nostrils(work: Workshop) -> None:
    size = work.frame.head_m
    for sign in (1.0, -1.0):
        z = _depth(work, 0.04 * sign, 0.03)
        work.add(ellipsoid(work.on_head(0.04 * sign, 0.03, z), np.array((0.012, 0.015, 0.008)) * size, rings=4),
                 darker(work.spec.skin, 0.55),
                 bone="head", paint="drawn")  # fmt: skip


def _mouse(work: Workshop) -> None:
    size = work.frame.head_m
    snout = limb(work.on_head(0, -0.19, 0.32), work.on_head(0, -0.18, 0.50), 0.135 * size, 0.055 * size)
    _muzzle(work, snout, work.skin2, soft=0.02)
    _tip(work, -0.175, 0.045, 0.042, color="#e58b94")
    work.layout.mouth_y, work.layout.mouth_w = -0.262, 0.07


def _dog(work: Workshop) -> None:
    size = work.frame.head_m
    snout = joined_solids(_ball(work, 0, -0.20, 0.37, 0.16, 0.13, 0.19),
                          _ball(work, 0.075, -0.255, 0.42, 0.105, 0.09, 0.12).mirrored(), soft_m=0.06 * size)
    _muzzle(work, snout, work.skin2)
    _tip(work, -0.105, 0.066, 0.05)
    work.layout.mouth_y, work.layout.mouth_w, work.layout.eye_y = -0.255, 0.085, 0.0
    work.layout.cheek_x, work.layout.cheek_y = 0.34, -0.17


def _twig(work: Workshop) -> None:
    size = work.frame.head_m
    z = _depth(work, 0.0, -0.14)
    path = np.linspace(work.on_head(0, -0.14, z - 0.03), work.on_head(0.03, -0.10, z + 0.15), 6)
    work.add(tube(path, np.linspace(0.030, 0.014, 6) * size, 8), darker(work.spec.skin, 0.18), bone="head")
    work.add(ellipsoid(work.on_head(0.045, -0.065, z + 0.15), np.array((0.05, 0.022, 0.03)) * size, turning(0, 0, 0.6), rings=5),
             "#7fb84e", bone="head")


NOSES: dict[str, Callable[[Workshop], None]] = {
    "button": _button, "big": _big, "bear": _bear, "cat": _cat, "fox": _fox, "dog": _dog, "rabbit": _rabbit, "mouse": _mouse,
    "beak": _beak,
    "bill": _bill, "dragon": _dragon, "pig": _pig, "carrot": _carrot, "bony": _bony, "nostrils": _nostrils, "twig": _twig,
}  # fmt: skip
