"""A cartoon character from its specification."""

from __future__ import annotations

from taixu.assets.model import ModelData
from taixu.generate.avatars.cartoon.assembling import assembled_cartoon, shown_pieces
from taixu.generate.avatars.cartoon.bodies import FINGERS, Body, solids_of
from taixu.generate.avatars.cartoon.eyes import add_cheeks
from taixu.generate.avatars.cartoon.face import head_canvas
from taixu.generate.avatars.cartoon.frame import frame_of
from taixu.generate.avatars.cartoon.paints import Palette
from taixu.generate.avatars.cartoon.parts import part_named
from taixu.generate.avatars.cartoon.solids import ball
from taixu.generate.avatars.cartoon.spec import CartoonSpec, check_cartoon
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["make_cartoon"]

_MOST_TRIANGLES = 29_500


def make_cartoon(spec: CartoonSpec) -> ModelData:
    """A model with a skeleton, units of the face, springs and MToon materials; ``avatar`` says who is what.

    Raises
    ------
    UsageError
        When the specification names what is not there.
    """
    check_cartoon(spec)
    coarse = 1.0
    while True:
        work = _made(spec, coarse)
        pieces = shown_pieces(work)
        count = sum(len(piece.triangles) for piece in pieces)
        if count <= _MOST_TRIANGLES or coarse > 3.0:
            return assembled_cartoon(work, pieces)
        coarse *= max(1.04 * (count / _MOST_TRIANGLES) ** 0.5, 1.05)


def _made(spec: CartoonSpec, coarse: float) -> Workshop:
    body: Body = part_named("body", spec.body)
    frame = frame_of(spec, body.proportions, fingers=FINGERS.get(spec.hands, ()))
    nothing = ball((0.0, 0.0, 0.0), 1e-3)
    work = Workshop(spec, frame, Palette(), nothing, nothing, solids_of(frame, spec.hands, body), coarse=coarse)
    body.make(work)
    part_named("head", spec.head)(work)
    for kind in ("nose", "hat", "ears", "hair"):  # hats come before what lies under them
        if name := getattr(spec, kind):
            part_named(kind, name)(work)
    canvas = head_canvas(work)
    add_cheeks(work, canvas)
    for kind in ("eyes", "brows", "mouth"):
        if name := getattr(spec, kind):
            part_named(kind, name)(work, canvas)
    if spec.outfit:
        part_named("outfit", spec.outfit)(work)
    if spec.tail:
        part_named("tail", spec.tail)(work)
    for name in spec.accessories:
        part_named("accessory", name)(work)
    return work
