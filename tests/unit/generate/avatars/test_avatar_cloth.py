"""Clothes: what is dressed in them stays inside, standing, walking, sitting and with arms up."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from facing import against
from numpy.typing import NDArray

from taixu.assets.humanoid import Avatar
from taixu.assets.mesh import Primitive
from taixu.assets.model import ModelData, Scene
from taixu.generate.avatars.making import make_avatar
from taixu.generate.avatars.nodes import add_mesh, add_skeleton, free_meta, primitive_of
from taixu.generate.avatars.parts import part_names
from taixu.generate.avatars.person import Person, person_of, skin_pieces
from taixu.generate.avatars.spec import AvatarSpec
from taixu.generate.avatars.stills import pose_of, still
from taixu.generate.avatars.surfaces import Piece
from taixu.generate.avatars.wearing import worn

spatial = pytest.importorskip("scipy.spatial")

_WOMENS = ("dress", "evening gown", "blouse and skirt", "coat", "apron")
_NEAR_M = 0.03
_MOST_SHARE, _MOST_M = 0.05, 0.022
"""Of skin near cloth that lies under it at rest: how much may stand out by more than 3 mm in a pose, and how far at most (at the
armholes of a top without sleeves, when arms go up)."""


@cache
def _bare(masculinity: float) -> tuple[Person, tuple[Piece, ...]]:
    """A body that many outfits are tried on, and its skin."""
    person = person_of(AvatarSpec(masculinity=masculinity, weight=0.6, hair=""))
    return person, tuple(piece for piece in skin_pieces(person) if piece.name == "body")


def _model(person: Person, pieces: list[Piece]) -> ModelData:
    """Skeleton, skin and clothes, without all that cloth has nothing to do with."""
    model = ModelData()
    bones = add_skeleton(model, person.pose.bones, person.pose.parents, person.pose.heads)
    model.avatar = Avatar(humanoid=dict(zip(person.pose.bones, bones, strict=True)), meta=free_meta("somebody"))
    for name in ("body", "clothes"):
        primitives = [primitive_of(piece, 0, has_units=False) for piece in pieces if piece.node == name and len(piece.triangles)]
        add_mesh(model, name, primitives, above=None, has_units=False)
    model.scenes, model.scene = [Scene(nodes=[number for number, node in enumerate(model.nodes) if node.parent is None])], 0
    return model


def _surfaces(model: ModelData, pose: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    shown = still(model, pose_of(model, pose))
    clothes = [part for mesh in shown.meshes if mesh.name == "clothes" for part in mesh.primitives]
    body = [part.attributes["POSITION"] for mesh in shown.meshes if mesh.name == "body" for part in mesh.primitives]
    cloth, normals = (np.concatenate([part.attributes[name][~_is_rim(part)] for part in clothes])
                      for name in ("POSITION", "NORMAL"))  # fmt: skip
    return np.concatenate(body).astype(float), cloth.astype(float), normals.astype(float)


def _is_rim(part: Primitive) -> NDArray[np.bool_]:
    """Vertices on edges that one triangle alone has: the inside of hems, which looks along the cloth."""
    triangles = part.triangles().astype(np.int64)
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), 1)
    _, first, count = np.unique(edges @ np.array([1 << 32, 1]), return_index=True, return_counts=True)
    found = np.zeros(part.vertex_count, bool)
    found[edges[first[count == 1]]] = True
    return found


@pytest.mark.parametrize("outfit", part_names("outfit"))
def test_no_skin_stands_out_of_cloth_at_rest_and_in_poses(outfit: str) -> None:
    bare, skins = _bare(0.1 if outfit in _WOMENS else 0.9)
    person = replace(bare, spec=replace(bare.spec, outfit=outfit))
    pieces = worn(person, list(skins))
    assert max(against(piece.positions, piece.normals, piece.triangles) for piece in pieces) < 0.025
    model = _model(person, pieces)  # what swings besides is carried by no pose
    skin, cloth, _ = _surfaces(model, "t-pose")
    apart, nearest = spatial.cKDTree(cloth).query(skin, k=4)
    near = apart[:, 0] < _NEAR_M
    weights = 1.0 / (apart[near] + 1e-3)
    weights /= weights.sum(1, keepdims=True)
    inside = np.zeros(0, bool)
    for pose in ("t-pose", "walk", "sit", "arms up"):
        skin, cloth, normals = _surfaces(model, pose)
        pairs = nearest[near]
        out = ((((skin[near][:, None] - cloth[pairs]) * normals[pairs]).sum(2)) * weights).sum(1)
        if pose == "t-pose":
            inside = out < 0.0
            assert inside.mean() > 0.75
            assert inside.sum() > 150
            continue
        assert (out[inside] > 0.003).mean() < _MOST_SHARE, pose
        assert out[inside].max() < _MOST_M, pose


def test_what_hangs_is_one_surface_about_both_legs() -> None:
    """Between the legs, below the crotch, a coat is in front and behind, and nowhere else."""
    model = make_avatar(AvatarSpec(outfit="coat", masculinity=0.1, hair=""))
    assert model.avatar is not None
    clothes = next(mesh for mesh in model.meshes if mesh.name == "clothes")
    points = max(clothes.primitives, key=lambda part: part.vertex_count).attributes["POSITION"]
    height = float(points[:, 1].max())
    between = points[(np.abs(points[:, 0]) < 0.03) & (points[:, 1] < 0.44 * height) & (points[:, 1] > 0.35 * height)]
    assert len(between) > 10
    assert (np.abs(between[:, 2] - between[:, 2].mean()) > 0.06).all()
