"""Pieces into a model: bones, skin, swinging chains, meshes, MToon, and what makes it a person."""

from __future__ import annotations

import numpy as np

from taixu.assets.humanoid import Avatar, Expression, LookAt, MorphBind
from taixu.assets.model import ModelData, Node, Scene
from taixu.generate.avatars.cartoon.levels import COVERAGES, far_cartoon_pieces
from taixu.generate.avatars.cartoon.looks import EXPRESSIONS
from taixu.generate.avatars.cartoon.paints import DRAWN, add_materials
from taixu.generate.avatars.cartoon.workshop import Workshop
from taixu.generate.avatars.expressions import UNITS
from taixu.generate.avatars.nodes import add_looks, add_mesh, add_skeleton, free_meta, hang_levels, primitive_of
from taixu.generate.avatars.surfaces import Piece, joined
from taixu.generate.avatars.swinging import Capsule, add_chains

__all__ = ["assembled_cartoon", "shown_pieces"]

_OUTLINE_M = 0.0042
"""Of somebody who is a metre tall."""
_CARRIED = {"carry": {"how": "hanging", "hand": "fist"}}
"""What is in a hand points forward or up while the arm hangs: who sits does not lay it across the lap."""


def assembled_cartoon(work: Workshop, pieces: list[Piece]) -> ModelData:
    """A model of pieces out of a workshop, and of its further levels; what has one paint is drawn at once."""
    spec, frame = work.spec, work.frame
    model = ModelData(name=spec.name or "cartoon")
    model.asset = {"copyright": "CC0-1.0"}
    nodes = add_skeleton(model, frame.bones, frame.parents, frame.heads)
    avatar = Avatar(humanoid={bone: nodes[number] for number, bone in enumerate(frame.bones)}, meta=free_meta(model.name))
    if work.holds:
        hand = model.nodes[avatar.humanoid["rightHand"]]
        hand.children.append(len(model.nodes))
        model.nodes.append(Node("rightGrip", parent=avatar.humanoid["rightHand"], extras=_CARRIED))
    pieces = add_chains(model, avatar, pieces, _capsules(work))
    nearer, furthest = far_cartoon_pieces(pieces, work.palette.paint(DRAWN))
    used = list(dict.fromkeys(piece.paint.name for piece in (*pieces, *furthest)))
    materials = add_materials(model, work.palette, used, outline_m=2.0 * _OUTLINE_M * spec.outline * spec.height_m)
    looks, far_nodes = add_looks(model, pieces, COVERAGES), []
    for name, shown in (*((name, pieces) for name in ("body", "head", "face")), ("level1", nearer), ("level2", furthest)):
        mine = [piece for piece in shown if piece.node == name]
        if not mine:
            continue
        has_units, is_far = name == "face", name.startswith("level")
        primitives = [primitive_of(joined([piece for piece in mine if piece.paint.name == paint], paint), materials[paint],
                                   has_units=has_units) for paint in dict.fromkeys(piece.paint.name for piece in mine)]  # fmt: skip
        node = add_mesh(model, name, primitives, above=None if is_far else looks, has_units=has_units)
        if is_far:
            far_nodes.append(node)
            continue
        avatar.first_person[node] = "auto" if name == "body" else "thirdPersonOnly"
        if has_units:
            avatar.expressions = _expressions(node)
    head, eye = frame.place("head"), frame.place("leftEye")
    full = (np.radians(35.0), 1.0)
    avatar.look_at = LookAt("expression", (0.0, float(eye[1] - head[1]), float(eye[2] - head[2])), full, full, full, full)
    model.avatar = avatar
    hang_levels(model, looks, far_nodes)
    roots = [index for index, node in enumerate(model.nodes) if node.parent is None and index not in far_nodes]
    model.scenes = [Scene(nodes=roots)]
    model.scene = 0
    return model


def shown_pieces(work: Workshop) -> list[Piece]:
    """The pieces, bare skin without what lies deep under clothes."""
    found = []
    for piece in work.pieces:
        if piece.name == "skin" and work.covers:
            deep = np.zeros(len(piece.positions), bool)
            for cover in work.covers:
                deep |= cover.far(piece.positions) < -0.004 * work.frame.tall
            shown = ~deep[piece.triangles].all(1)
            if not shown.any():
                continue
            piece = piece.kept(np.asarray(shown))
        found.append(piece)
    return found


def _expressions(node: int) -> dict[str, Expression]:
    found = {}
    for name, units in EXPRESSIONS.items():
        found[name] = Expression([
            MorphBind(node, UNITS.index(unit), weight) for part, weight in units.items()
            for unit in ((part,) if part in UNITS else (f"{part}Left", f"{part}Right"))
        ])  # fmt: skip
    for mood in ("happy", "angry", "sad", "surprised"):
        found[mood].override_mouth = "blend"
    for mood in ("happy", "relaxed"):  # their eyes are shut already, or nearly so
        found[mood].override_blink = "block"
    for number, unit in enumerate(UNITS):
        found[unit] = Expression([MorphBind(node, number, 1.0)])
    return found


def _capsules(work: Workshop) -> dict[str, Capsule]:
    """The room of head, trunk and thighs."""
    frame = work.frame

    def at(bone: str) -> tuple[float, float, float]:
        x, y, z = frame.place(bone).tolist()
        return x, y, z

    x, y, z = frame.middle.tolist()
    found = {
        "head": Capsule((x, y, z), (x, y, z), 0.42 * frame.head_m),
        "upperChest": Capsule(at("upperChest"), at("chest"), 0.85 * frame.chest * frame.kind.depth),
        "hips": Capsule(at("spine"), at("hips"), 0.85 * frame.hips * frame.kind.depth),
    }
    for side in ("left", "right"):
        found[f"{side}UpperLeg"] = Capsule(at(f"{side}UpperLeg"), at(f"{side}LowerLeg"), frame.leg)
    return found
