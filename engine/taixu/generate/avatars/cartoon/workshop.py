"""The workshop: parts add skins in colours to it, each moved by a bone, by the whole skeleton or by chains that swing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.generate.avatars.cartoon.frame import Frame
from taixu.generate.avatars.cartoon.nets import Skin, meshed
from taixu.generate.avatars.cartoon.paints import PLAIN, Palette
from taixu.generate.avatars.cartoon.solids import Solid
from taixu.generate.avatars.cartoon.spec import CartoonSpec
from taixu.generate.avatars.surfaces import Piece, Units
from taixu.generate.avatars.swinging import Chain, hung_weights, shared_weights

__all__ = ["Layout", "Workshop"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass
class Layout:
    """Where a face is on the head, in heights of the head from its middle; kinds of heads and noses change it."""

    eye_x: float = 0.185
    eye_y: float = -0.05
    eye_w: float = 0.078
    eye_h: float = 0.112
    brow_y: float = 0.17
    brow_w: float = 0.095
    mouth_x: float = 0.0
    mouth_y: float = -0.225
    mouth_w: float = 0.085
    cheek_x: float = 0.29
    cheek_y: float = -0.18
    has_mouth: bool = True


@dataclass
class Workshop:
    """A character in the making.

    Attributes
    ----------
    trunk, head : Solid
        Body and head as they are so far; the face lies on the head.
    parts : dict of str to Solid
        Trunk, arms, hands, legs and feet, which clothes are made from.
    covers : list of Solid
        What hides the skin of trunk and limbs inside it.
    hat : Solid or None
        Where no hair is, for it is under a hat.
    coarse : float
        By how much cells of surfaces are larger than parts ask for.
    holds : bool
        Whether there is something in the right hand.
    canvases : dict
        Solids as they are seen from the front (`taixu.generate.avatars.cartoon.face`).
    """

    spec: CartoonSpec
    frame: Frame
    palette: Palette
    trunk: Solid
    head: Solid
    parts: dict[str, Solid] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)
    pieces: list[Piece] = field(default_factory=list)
    covers: list[Solid] = field(default_factory=list)
    hat: Solid | None = None
    coarse: float = 1.0
    holds: bool = False
    canvases: dict[Solid, Any] = field(default_factory=dict)

    def on_head(self, x: float, y: float, z: float) -> Floats:
        """A place in heights of the head from its middle."""
        return self.frame.middle + self.frame.head_m * np.array((x, y, z))

    @property
    def skin2(self) -> str:
        """Of belly and muzzle."""
        from taixu.generate.avatars.cartoon.colors import lighter

        return self.spec.skin2 or lighter(self.spec.skin, 0.68)

    def add(
        self, shape: Solid | Skin, color: str, *, bone: str = "", cell: float = 0.045, node: str = "", paint: str = PLAIN,
        inside: Solid | None = None, chains: Sequence[Chain] = (), legs: float = 1.0, apart_m: float = 0.0, arms: bool = True,
        name: str = "", units: Units | None = None, is_hair: bool = False, swings: float = 1.0
    ) -> None:  # fmt: skip
        """Add something in one colour.

        Parameters
        ----------
        bone
            What moves it; empty for all bones of trunk and limbs.
        cell
            How fine its surface is, in heights of the head where a bone of the head moves it, else of the body.
        inside
            What of it lies deep in there is left out.
        chains
            What it swings on; `bone` is where these hang.
        swings
            How much of what hangs on chains they move: the rest goes with the legs.
        is_hair
            What of it lies under the hat is left out.
        """
        on_head = bone in ("head", "neck")
        size = self.frame.head_m if on_head else self.frame.tall
        if is_hair and self.hat is not None and isinstance(shape, Solid):
            shape = shape.cut(self.hat, 0.02 * size)
        skin = meshed(shape, cell * size * self.coarse) if isinstance(shape, Solid) else shape
        if not len(skin.triangles):
            return
        if inside is not None:
            deep = inside.far(skin.positions) < -0.006 * size
            skin = skin.kept(np.asarray(~deep[skin.triangles].all(1)))
        if is_hair and self.hat is not None:
            under = self.hat.far(skin.positions) < 0.0
            skin = skin.kept(np.asarray(~under[skin.triangles].all(1)))
        if not len(skin.triangles):
            return
        if chains:
            joints, weights = hung_weights(skin.positions, list(chains), self.frame.bone(bone))
            if swings < 1.0:
                aside = skin.positions[:, 0] ** 2 / np.maximum((skin.positions[:, [0, 2]] ** 2).sum(1), 1e-9)
                share = swings * (0.3 + 0.7 * aside)  # less in front and behind, where knees are
                joints, weights = shared_weights(self.frame.lap_weights(skin.positions), (joints, weights), share)
        elif bone:
            joints, weights = np.zeros((len(skin.positions), 4), np.int64), np.zeros((len(skin.positions), 4))
            joints[:, 0], weights[:, 0] = self.frame.bone(bone), 1.0
        else:
            joints, weights = self.frame.weights(skin.positions, legs=legs, apart_m=apart_m, arms=arms)
        coordinates = np.broadcast_to(self.palette.place(color), (len(skin.positions), 2))
        self.pieces.append(Piece(
            name or color, skin.positions, skin.normals, coordinates, skin.triangles, joints, weights, self.palette.paint(paint),
            units or {}, node or ("head" if on_head else "body"), tuple(chains)
        ))  # fmt: skip

    def chain(
        self, name: str, bone: str, points: ArrayLike, *, stiffness: float = 0.8, gravity: float = 0.1, drag: float = 0.35,
        hit_m: float = 0.0, meets: tuple[str, ...] = ()
    ) -> Chain:  # fmt: skip
        """A chain that hangs on a bone."""
        return Chain(name, bone, np.asarray(points, np.float64), hit_m or 0.03 * self.frame.tall, stiffness, gravity, drag, meets)
